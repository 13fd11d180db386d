"""What the signing page protects: headers, links that do not work, hostile names, floods."""

import pytest
from django.test import Client as Browser

from tasks.models import SigningTask
from tests.support.factories_clients import ClientFactory
from tests.support.signing.simple_signings import (
    Outbox,
    create_signing_task,
    link_of,
    sign_by_posts,
)

pytestmark = pytest.mark.django_db
NASTY = 'ООО «Рога & <Копыта> "Люкс"» 🐂'


@pytest.fixture
def task() -> SigningTask:
    return create_signing_task()


def test_headers_of_every_answer(task: SigningTask, client: Browser) -> None:
    path = link_of(task)
    for address in ("", "text/", "page/1/", "document.pdf", "page/99/"):
        response = client.get(path + address)
        assert b"".join(response)  # type: ignore[arg-type]
        assert response["Cache-Control"] == "private, no-store", address
        assert response["Referrer-Policy"] == "no-referrer"
        assert "noindex" in response["X-Robots-Tag"]
        assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
        assert response["X-Frame-Options"] == "DENY"
        assert path.split("/")[2] not in response.headers.get("Location", "")
    assert path.split("/")[2] not in client.get(path).text


def test_a_link_that_does_not_work_says_nothing(
    task: SigningTask, sms: Outbox, client: Browser
) -> None:
    """Unknown, replaced and used ones look the same to whoever has not seen the page before."""
    replaced = link_of(task)
    used = link_of(task)
    sign_by_posts(client, used, sms)
    pages = set()
    for path in (replaced, used, "/s/unknown/", f"/s/{'x' * 22}/", "/s/пусто/"):
        answer = Browser().get(path)
        assert answer.status_code == 404
        pages.add(answer.content)
        assert Browser().post(f"{path}code/").content == answer.content
        assert Browser().get(f"{path}document.pdf").content == answer.content
    assert len(pages) == 1


def test_names_of_every_kind(client: Browser, sms: Outbox) -> None:
    task = create_signing_task(client=ClientFactory(short_name=NASTY))
    page = client.get(link_of(task)).text
    assert "ООО «Рога &amp; &lt;Копыта&gt; &quot;Люкс&quot;» 🐂" in page
    assert "<title>Подписание документа – E-Contract</title>" in " ".join(page.split())


def test_a_long_document_is_loaded_page_by_page(client: Browser) -> None:
    task = create_signing_task(pages=500)
    response = client.get(link_of(task), headers={"Accept-Encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
    assert len(response.content) < 30_000
    text = Browser().get(link_of(task)).text
    assert text.count("<img") == 500
    assert text.count('loading="lazy"') == 499


def test_one_address_cannot_flood(
    task: SigningTask, client: Browser, settings: object, sms: Outbox
) -> None:
    settings.SIGNING_PER_MINUTE = 3  # type: ignore[attr-defined]
    path = link_of(task)
    codes_ = [client.get(f"/s/unknown{n}/").status_code for n in range(5)]
    assert codes_ == [404, 404, 404, 429, 429]
    assert client.get(path).status_code == 200
    statuses = [client.post(f"{path}sign/", {"code": "1"}).status_code for _ in range(5)]
    assert statuses == [422, 422, 422, 429, 429]
