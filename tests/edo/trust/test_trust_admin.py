"""The pages of lists in the admin, and what administrators are notified of."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from econtract.platform.notifications.models import Notification
from edo.models import RevocationList, TrustList
from edo.trust.importing import import_trust_list
from tasks.notifications import trust
from tests.support.factories import UserFactory
from tests.support.people import browser_of
from tests.support.signing.pki import NOW, authority
from tests.support.signing.trust_lists import Listing, build_list, sign_list

pytestmark = pytest.mark.usefixtures("installation")


@pytest.fixture
def administrator(installation: None) -> User:
    user: User = UserFactory(roles=["administrator"])
    return user


@pytest.fixture
def web(administrator: User) -> Client:
    return browser_of(administrator)


@pytest.fixture
def waiting(installation: None, settings: Any) -> TrustList:
    settings.TRUST_LIST_URL = ""
    return import_trust_list(build_list(), source="тест").trust_list


def page(trust_list: TrustList, name: str = "change") -> str:
    return f"/admin/edo/trustlist/{trust_list.pk}/{name}/"


def test_an_administrator_accepts_a_list_that_waits(
    web: Client, administrator: User, waiting: TrustList
) -> None:
    content = web.get(page(waiting)).content.decode()
    assert "подписи нет" in content
    assert "Принять список" in content
    response = web.post(page(waiting, "decide"), {"decision": "accept"}, follow=True)
    assert "принят" in response.content.decode()
    waiting.refresh_from_db()
    assert (waiting.state, waiting.decided_by) == (TrustList.State.ACCEPTED, administrator)
    assert "Принять список" not in web.get(page(waiting)).content.decode()


def test_an_administrator_uploads_a_list(web: Client, administrator: User) -> None:
    def upload(content: bytes) -> str:
        file = SimpleUploadedFile("tsl.xml", content)
        response = web.post("/admin/edo/trustlist/add/", {"file": file}, follow=True)
        return response.content.decode()

    content = sign_list(build_list())
    upload(content)
    trust_list = TrustList.objects.get()
    assert (trust_list.imported_by, trust_list.source) == (administrator, "файл tsl.xml")
    assert "уже загружен" in upload(content)
    assert "Это не список" in upload(b"<a/>")
    assert TrustList.objects.count() == 1


def test_a_second_decision_is_refused(web: Client, waiting: TrustList) -> None:
    web.post(page(waiting, "decide"), {"decision": "reject"})
    response = web.post(page(waiting, "decide"), {"decision": "accept"}, follow=True)
    assert "уже принято" in response.content.decode()
    waiting.refresh_from_db()
    assert waiting.state == TrustList.State.REJECTED


def test_a_page_that_is_only_looked_at_decides_nothing(web: Client, waiting: TrustList) -> None:
    web.get(page(waiting, "decide"), {"decision": "accept"})
    web.post(page(waiting, "decide"), {"decision": "nonsense"})
    waiting.refresh_from_db()
    assert waiting.state == TrustList.State.PENDING


def test_the_file_is_downloaded_as_it_came(web: Client, waiting: TrustList) -> None:
    response = web.get(page(waiting, "file"))
    assert b"".join(response.streaming_content) == build_list()


def test_a_manager_sees_and_decides_nothing(waiting: TrustList) -> None:
    manager = browser_of(UserFactory(roles=["manager"]))
    for name in ("change", "decide", "file"):
        assert manager.post(page(waiting, name), {"decision": "accept"}).status_code == 403
    waiting.refresh_from_db()
    assert waiting.state == TrustList.State.PENDING


def test_administrators_are_notified_once(
    web: Client, administrator: User, waiting: TrustList
) -> None:
    trust.notify_administrators()
    trust.notify_administrators()
    notification = Notification.objects.get(recipient=administrator)
    assert notification.text.startswith("ТСЛ № 100 от 20.11.2026 ждет подтверждения.")
    assert (
        f"/admin/edo/trustlist/{waiting.pk}/change/" in web.get("/notifications/").content.decode()
    )


def test_an_accepted_list_is_news_only_when_it_changes_something(administrator: User) -> None:
    import_trust_list(sign_list(build_list(number=1)), source="тест")
    import_trust_list(sign_list(build_list(number=2, issued_at=NOW)), source="тест")
    trust.notify_administrators()
    assert not Notification.objects.exists()
    more = Listing("УЦ 2", "2", certificates=[])
    import_trust_list(sign_list(build_list(Listing(), more, number=3, issued_at=NOW)), source="")
    trust.notify_administrators()
    assert Notification.objects.get().text == "ТСЛ № 3 от 21.11.2026 принят: добавлены 1"


def test_a_stale_list_is_on_the_page_and_notified_once(
    web: Client, administrator: User, settings: Any
) -> None:
    settings.TRUST_LIST_URL = ""
    RevocationList.objects.create(
        issuer_sha256="a" * 64,
        issuer_name="АО «УЦ»",
        issuer_certificate=issuer(),
        url="http://uc.example/uc.crl",
        attempts=3,
        error="Ответ HTTP 404.",
    )
    content = web.get("/admin/tasks/signingtask/expiring/").content.decode()
    for text in ("Не получен", "АО «УЦ»", "Ответ HTTP 404.", "подпись отозванным сертификатом"):
        assert text in content
    trust.notify_administrators()
    trust.notify_administrators()
    assert Notification.objects.get().text.startswith("Список отзыва УЦ «АО «УЦ»»: не получен.")


def issuer() -> bytes:
    return authority().issuing.public_bytes(Encoding.DER)
