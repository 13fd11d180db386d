"""Browsers and data for the tests of the screens in Chromium."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from archive.files.storage import store_bytes
from tasks.models import AuthorityDocument, Comment, SigningTask
from tasks.statuses import Resolution, Status
from tests.support.chromium.screens import Screens
from tests.support.factories import ExchangeFactory, HistoryEntryFactory, SigningTaskFactory
from tests.support.factories_clients import ClientFactory, ServiceFactory
from tests.support.paths import CONTRACT
from tests.support.people import People, make_people


@pytest.fixture
def screens(live_server: LiveServer, browser: Browser) -> Iterator[Screens]:
    screens = Screens(live_server, browser)
    yield screens
    screens.close()


@pytest.fixture
def live_people(transactional_db: None) -> People:
    return make_people()


@pytest.fixture
def owner(live_people: People) -> User:
    user = live_people["owner"]
    assert user is not None
    return user


@pytest.fixture
def full_tasks(owner: User) -> dict[str, SigningTask]:
    """Tasks that together show everything that a card can show."""
    pdf = store_bytes(CONTRACT.read_bytes(), "application/pdf")
    document: dict[str, Any] = {
        "document_version__source": pdf,
        "document_version__pdf": pdf,
        "document_version__pages": 1,
    }
    long_name = "ООО «Торговый дом «Северное сияние и партнеры по Сибири и Дальнему Востоку»"
    review = SigningTaskFactory(manager=owner, status=Status.AUTHORITY_REVIEW, **document)
    AuthorityDocument.objects.create(
        task=review,
        file=store_bytes(b"%PDF-1.7 paper", "application/pdf"),
        file_name="Приказ о назначении.pdf",
        request_ref="r1",
    )
    failed = SigningTaskFactory(
        manager=owner,
        status=Status.SIGNING_FAILED,
        resolution=Resolution.SERVICE_UNAVAILABLE,
        client=ClientFactory(short_name=long_name),
        account_verified_at=None,
        **document,
        services=[ServiceFactory(code="virtual_pbx", fraud_risk=True)],
    )
    HistoryEntryFactory(task=failed, new_status=Status.SIGNING_FAILED, comment="Нет ответа")
    Comment.objects.create(task=failed, author=owner, text="Клиент просит перезвонить")
    signing = SigningTaskFactory(
        manager=owner, status=Status.DOCUMENT_SIGNING, exchange=ExchangeFactory(), **document
    )
    return {
        "review": review,
        "failed": failed,
        "signing": signing,
        "done": SigningTaskFactory(manager=owner, status=Status.COMPLETED, **document),
        "removed": SigningTaskFactory(manager=owner, document_version=None),
    }
