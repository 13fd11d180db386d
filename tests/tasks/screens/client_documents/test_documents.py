"""«Мои документы»: who gets in, what they find, and what they can do."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connections
from django.test import Client as Browser

from archive.files.storage import store_bytes
from clients.models import Contact, ContactVersion
from econtract.platform.common import clock
from econtract.platform.common.moscow_time import format_timestamp
from econtract.platform.notifications.models import Notification
from econtract.platform.outbox.models import OutboxJob
from edo.channels.simple.agreements import get_texts_in_force, has_consent
from edo.evidence_chain.kinds import RecordKind
from edo.models import SimpleSigning
from tasks.actions import client_access
from tasks.jobs import delete_old_rows
from tasks.models import ClientAccess, Comment, SigningTask
from tasks.pipeline import access_codes
from tasks.pipeline.access_codes import SendAccessCode
from tasks.statuses import Status
from tests.support.factories import PackageFactory
from tests.support.factories_clients import ContactFactory
from tests.support.signing.simple_signings import (
    Outbox,
    count_records,
    create_signing_task,
    link_of,
    sign_by_posts,
)

pytestmark = pytest.mark.django_db
LIST = "/my/documents/"


@pytest.fixture
def task(sms: Outbox) -> SigningTask:
    """A finished task, signed by SMS."""
    task = create_signing_task()
    sign_by_posts(Browser(), link_of(task), sms)
    file = store_bytes(b"PK package", "application/zip")
    SigningTask.objects.filter(pk=task.pk).update(
        package=PackageFactory(file=file), status=Status.COMPLETED, completed_at=clock.now()
    )
    return SigningTask.objects.get(pk=task.pk)


def log_in(browser: Browser, contact: Contact, sms: Outbox, monkeypatch: pytest.MonkeyPatch) -> str:
    """The code comes by the job, as a worker runs it."""
    browser.post("/my/", {"phone": contact.phone})
    monkeypatch.setattr(access_codes, "send_sms", lambda **values: sms.texts.append(values["text"]))
    SendAccessCode().run(OutboxJob.objects.filter(kind="send_access_code").latest("pk"))
    return sms.code


@pytest.fixture
def inside(
    client: Browser, task: SigningTask, sms: Outbox, monkeypatch: pytest.MonkeyPatch
) -> Browser:
    """The browser of the person who signed."""
    code = log_in(client, task.contact_version.contact, sms, monkeypatch)
    assert client.post("/my/code/", {"code": code}).status_code == 302
    return client


def test_the_person_finds_and_downloads_what_they_signed(
    inside: Browser, task: SigningTask
) -> None:
    page = inside.get(LIST)
    assert f"Договор № {task.document_number}" in page.text
    assert "Подписан, пакет готов" in page.text
    assert page["Cache-Control"] == "private, no-store"
    folder = f"{LIST}{task.number}/"
    assert b"".join(inside.get(f"{folder}package.zip")) == b"PK package"  # type: ignore[arg-type]
    assert b"%PDF" in b"".join(inside.get(f"{folder}document.pdf"))  # type: ignore[arg-type]
    assert inside.post("/my/leave/").status_code == 302
    assert inside.get(LIST).status_code == 302


def test_the_time_is_that_of_the_signature(inside: Browser, task: SigningTask) -> None:
    """Not of the archiving, which may take days."""
    signed_at = clock.now() - timedelta(days=3)
    SimpleSigning.objects.filter(pk=task.simple_signing_id).update(finished_at=signed_at)
    page = inside.get(LIST).text
    assert format_timestamp(signed_at) in page
    assert f"{clock.now():%d.%m.%Y}" not in page


def test_others_find_nothing(inside: Browser, task: SigningTask) -> None:
    """A document of somebody else, and one that nobody has signed yet."""
    other = create_signing_task(status=Status.COMPLETED)
    unsigned = create_signing_task(contact_version=task.contact_version)
    for number in (other.number, unsigned.number):
        for address in ("document.pdf", "package.zip", "question/"):
            assert inside.get(f"{LIST}{number}/{address}").status_code == 404
    assert f"{LIST}{other.number}/" not in inside.get(LIST).text
    for address in ("", f"{task.number}/document.pdf", f"{task.number}/question/"):
        assert Browser().get(LIST + address)["Location"] == "/my/"


def test_a_new_owner_of_the_number_finds_nothing_of_the_old_one(
    inside: Browser, task: SigningTask
) -> None:
    """Until the next identification nobody gets in; afterwards only to their own documents."""
    contact = task.contact_version.contact
    version = ContactVersion.objects.create(
        contact=contact,
        number=2,
        surname="Новиков",
        given_name="Петр",
        phone=contact.phone,
        email="n@company.example",
    )
    Contact.objects.filter(pk=contact.pk).update(current=version, identified_at=None)
    assert inside.get(LIST).status_code == 302
    Contact.objects.filter(pk=contact.pk).update(identified_at=clock.now())
    assert "Подписанных документов пока нет" in inside.get(LIST).text


def test_the_answer_does_not_tell_whether_a_phone_is_known(
    client: Browser, task: SigningTask, sms: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = ContactFactory()  # never identified
    monkeypatch.setattr(access_codes, "send_sms", lambda **values: sms.texts.append(values["text"]))
    before, answers = len(sms.texts), set()
    for phone in (stranger.phone, "+79990000000", task.contact_version.phone):
        response = client.post("/my/", {"phone": phone})
        answers.add((response.status_code, response["Location"]))
        SendAccessCode().run(OutboxJob.objects.filter(kind="send_access_code").latest("pk"))
    assert answers == {(302, "/my/code/")}
    assert len(sms.texts) == before + 1
    assert client.post("/my/", {"phone": "12"}).status_code == 422


def test_three_attempts_and_five_codes(
    client: Browser, task: SigningTask, sms: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = task.contact_version.contact
    code = log_in(client, contact, sms, monkeypatch)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for attempt in (wrong, wrong, wrong, code):
        assert client.post("/my/code/", {"code": attempt}).status_code == 422
    assert ClientAccess.objects.get().attempts == 3
    for _ in range(5):
        last = client_access.request_access(contact.phone)
    assert last.contact is None
    assert not client_access.check_code(last, client_access.compute_code(last))


def test_a_question_reaches_the_manager_once(inside: Browser, task: SigningTask) -> None:
    address = f"{LIST}{task.number}/question/"
    values = {"text": "Когда подключите?", "submission_key": str(uuid.uuid4())}
    assert inside.post(address, {"text": " "}).status_code == 422
    for _ in range(2):
        assert inside.post(address, values).status_code == 302
    comment = Comment.objects.get()
    assert (comment.author, comment.author_name, comment.text) == (None, "Клиент", values["text"])
    notification = Notification.objects.get(recipient=task.manager)
    assert "Клиент: Когда подключите?" in notification.text


def test_a_consent_is_withdrawn(inside: Browser, task: SigningTask) -> None:
    contact_id = task.contact_version.contact_id
    assert has_consent(contact_id)
    inside.get("/my/withdraw/")
    assert has_consent(contact_id)
    for _ in range(2):
        inside.post("/my/withdraw/")
    assert not has_consent(contact_id)
    assert count_records(task, RecordKind.CONSENT_WITHDRAWN) == 1
    assert "Отозвать согласие" not in inside.get(LIST).text


def test_a_consent_is_given_again(inside: Browser, task: SigningTask) -> None:
    contact_id = task.contact_version.contact_id
    assert inside.get("/my/consent/").status_code == 302
    inside.post("/my/withdraw/")
    assert "/my/consent/" in inside.get(LIST).text
    page = inside.get("/my/consent/").text
    [text] = [text for text in get_texts_in_force() if text.kind == "personal_data"]
    assert text.text.split("\n")[0] in page
    values = {"text_id": str(text.pk)}
    assert "Отметьте согласие" in inside.post("/my/consent/", values).text
    # A page that shows an older text accepts nothing.
    assert inside.post("/my/consent/", {"text_id": "0", "is_accepted": "on"}).status_code == 422
    assert not has_consent(contact_id)
    for _ in range(2):
        assert inside.post("/my/consent/", {**values, "is_accepted": "on"}).status_code == 302
    assert has_consent(contact_id)
    assert count_records(task, RecordKind.CONSENT_ACCEPTED) == 2
    assert "Отозвать согласие" in inside.get(LIST).text


def test_the_manager_hears_of_a_withdrawn_consent(
    inside: Browser, task: SigningTask, sms: Outbox
) -> None:
    waiting = create_signing_task(contact_version=task.contact_version, client=task.client)
    inside.post("/my/withdraw/")
    notice = Notification.objects.get(recipient=waiting.manager)
    assert "Клиент отозвал согласие" in notice.text


def test_old_log_ins_are_deleted(inside: Browser) -> None:
    delete_old_rows()
    assert inside.get(LIST).status_code == 200
    assert ClientAccess.objects.count() == 1
    with time_machine.travel(clock.now() + timedelta(days=3)):
        delete_old_rows()
    assert not ClientAccess.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_requests_at_once_five_get_a_code() -> None:
    contact = ContactFactory(identified_at=clock.now())

    def request(_: int) -> None:
        client_access.request_access(contact.phone)
        connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(request, range(12)))
    assert ClientAccess.objects.count() == 12
    assert ClientAccess.objects.filter(contact=contact).count() <= client_access.MAX_CODES_PER_DAY
