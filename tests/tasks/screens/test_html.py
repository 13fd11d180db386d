"""The pages as documents: valid HTML, one heading, a title, no letter «ё», no codes in texts."""

import re

import html5lib  # type: ignore[import-untyped]
import pytest

from accounts.models import User
from tasks.models import Comment, SigningTask
from tasks.statuses import Resolution, Status
from tests.support.factories import (
    DocumentVersionFactory,
    ExchangeFactory,
    HistoryEntryFactory,
    SigningTaskFactory,
)
from tests.support.factories_clients import ContactFactory, ServiceFactory
from tests.support.people import browser_of

PAGES = [
    "/tasks/my/?group=none",
    "/tasks/all/?group=call",
    "/tasks/all/?group=none&status=signing_failed&sort=client&size=50",
    "/tasks/all/?group=none&q=nothing",
    "/tasks/archive/",
    "/tasks/all/filters/?group=none&owner_q=Ив",
    "/tasks/all/saved/?group=errors&q=ромашка",
    "/tasks/my/columns/",
    "/search/?q=клиент",
    "/reports/",
    "/reports/?type=contractor",
    "/tasks/{failed}/",
    "/tasks/{signing}/",
    "/tasks/{done}/",
    "/tasks/{removed}/",
    "/tasks/{failed}/history/",
    "/tasks/{failed}/do/cancel/",
    "/tasks/{failed}/do/restart_identification/",
    "/tasks/{failed}/contact/edit/",
    "/tasks/{failed}/contact/replace/?phone=89990000000",
    "/tasks/{failed}/contact/refresh/",
    "/tasks/{signing}/contact/edit/",
    "/tasks/{failed}/account/",
    "/tasks/{failed}/document/remove/",
    "/tasks/{removed}/document/attach/",
    "/help/statuses/",
    "/help/guide/",
    "/help/memo/",
    "/help/scripts/",
    "/help/prefixes/?q=813",
    "/help/keys/",
    "/palette/?q=клиент",
    "/notifications/",
    "/notifications/settings/",
    "/access/",
    "/password/",
    "/no/such/page/",
]
CODES = re.compile(r"\b(identification_|cabinet_|signing_failed|on_approval|None|False)\b")


@pytest.fixture
def tasks(owner: User) -> dict[str, int]:
    failed = SigningTaskFactory(
        manager=owner,
        status=Status.SIGNING_FAILED,
        resolution=Resolution.SERVICE_UNAVAILABLE,
        account_verified_at=None,
        services=[ServiceFactory(code="virtual_pbx", fraud_risk=True)],
    )
    HistoryEntryFactory(task=failed, new_status=Status.SIGNING_FAILED, comment="Нет <ответа>")
    Comment.objects.create(task=failed, author=owner, text="Перезвонить & уточнить")
    DocumentVersionFactory(document=failed.document, number=2)
    ContactFactory(phone="+79990000000")
    tasks: dict[str, SigningTask] = {
        "failed": failed,
        "signing": SigningTaskFactory(
            manager=owner, status=Status.DOCUMENT_SIGNING, exchange=ExchangeFactory()
        ),
        "done": SigningTaskFactory(manager=owner, status=Status.COMPLETED),
        "removed": SigningTaskFactory(manager=owner, document_version=None),
    }
    return {name: task.number for name, task in tasks.items()}


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_valid_html_with_a_title(
    owner: User, tasks: dict[str, int], address: str
) -> None:
    page = browser_of(owner).get(address.format(**tasks)).content.decode()
    parser = html5lib.HTMLParser()
    parser.parse(page)
    assert [error[1] for error in parser.errors] == []
    assert page.count("<h1") == 1
    title = re.findall(r"<title>(.*?)\s*</title>", page)[0]
    assert title.endswith("E-Contract")
    assert len(title) > len(" – E-Contract")
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids)), sorted(i for i in ids if ids.count(i) > 1)
    text = re.sub(r"<[^>]+>", " ", page)
    assert "ё" not in text.lower()
    assert CODES.findall(text) == []
    assert "style=" not in page
