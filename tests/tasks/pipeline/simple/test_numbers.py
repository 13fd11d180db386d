"""Whose number it is: «Это не мой номер», and a number that changes while it is identified."""

from dataclasses import replace

import pytest
import time_machine
from django.test import Client as Browser

from accounts.models import User
from clients import actions as client_actions
from clients.models import Contact
from econtract.platform.common.errors import ActionRefused
from edo.evidence_chain.kinds import RecordKind
from edo.models import SimpleSigning
from tasks.actions.contact import edit_contact
from tasks.actions.perform_action import perform_action
from tasks.models import Channel, SigningTask
from tasks.statuses import Resolution, Status
from tests.support import world
from tests.support.driver import reload, run_everything, run_until, state_of
from tests.support.people import browser_of
from tests.support.sandbox import Sandbox
from tests.support.signing.simple_signings import count_records, next_morning, signing_of
from tests.tasks.pipeline.test_simple_signing import links_in

PHONE = "+79123456789"
NEW_PHONE = "+79990001122"


@pytest.fixture
def task(manager: User, set_up: Sandbox) -> SigningTask:
    """A task that is to be signed by SMS. It is day where the client is."""
    with time_machine.travel(next_morning(), tick=True):
        yield create_task(manager)


def create_task(manager: User) -> SigningTask:
    task = world.create_task(manager, phone=PHONE)
    SigningTask.objects.filter(pk=task.pk).update(channel=Channel.SMS)
    return reload(task)


def test_a_foreign_number_is_no_refusal_of_the_client(
    task: SigningTask, set_up: Sandbox, manager: User
) -> None:
    run_until(task, Status.DOCUMENT_SIGNING, set_up)
    [path] = links_in(set_up)
    Browser().post(f"{path}wrong-number/")
    run_everything()
    assert state_of(task) == (Status.SIGNING_FAILED, Resolution.WRONG_NUMBER)
    now = reload(task)
    assert (now.identified_at, now.contact_version.contact.identified_at) == (None, None)
    with pytest.raises(ActionRefused, match="прошел идентификацию"):
        perform_action(task=now, name="send_document", actor=manager)
    text = manager.notifications.latest("pk").text
    assert text.startswith("Номер телефона не принадлежит клиенту: Получатель СМС сообщил")
    page = browser_of(manager).get(f"/tasks/{task.number}/").content.decode()
    for words in ("Узнайте у клиента другой номер", "Другой номер", "это не ваш номер"):
        assert words in page


def test_a_foreign_number_ends_every_link_of_the_person(
    task: SigningTask, set_up: Sandbox, manager: User
) -> None:
    run_until(task, Status.DOCUMENT_SIGNING, set_up)
    second, unsent = create_task(manager), create_task(manager)
    run_until(second, Status.DOCUMENT_SIGNING, set_up)
    SigningTask.objects.filter(pk=unsent.pk).update(status=Status.CABINET_CREATED)
    path = links_in(set_up)[0]
    Browser().post(f"{path}wrong-number/")
    run_everything()
    for each in (task, second):
        assert state_of(each) == (Status.SIGNING_FAILED, Resolution.WRONG_NUMBER)
        assert signing_of(reload(each)).state == SimpleSigning.State.REFUSED
        assert count_records(reload(each), RecordKind.WRONG_NUMBER) == 1
    assert reload(unsent).identified_at is None
    assert Browser().get(links_in(set_up)[-1]).status_code == 404


@pytest.mark.parametrize("answer", ["passed", "documents"])
def test_the_identification_of_a_former_number_does_not_serve_a_new_one(
    task: SigningTask, set_up: Sandbox, manager: User, answer: str
) -> None:
    run_everything()
    former = reload(task).identification_ref
    if answer == "documents":
        set_up.identity_answer(former, "documents")
        run_everything()
    details = replace(task.contact_version.details, phone=NEW_PHONE)
    edit_contact(task=reload(task), details=details, actor=manager)
    if answer == "passed":
        # Before we could cancel it.
        set_up.identity_answer(former, "passed")
    run_everything()
    assert state_of(task) == (Status.IDENTIFICATION_PENDING, "")
    assert reload(task).identification_ref != former
    assert reload(task).identified_at is None
    assert Contact.objects.get(phone=NEW_PHONE).identified_at is None
    assert set_up.messages(to=NEW_PHONE)


def test_another_edit_leaves_the_request_for_identification(
    task: SigningTask, set_up: Sandbox, manager: User
) -> None:
    run_everything()
    former = reload(task).identification_ref
    details = replace(task.contact_version.details, position="Директор")
    edit_contact(task=reload(task), details=details, actor=manager)
    run_everything()
    assert reload(task).identification_ref == former


def test_a_card_with_another_number_is_not_identified_by_the_answer(
    task: SigningTask, set_up: Sandbox, manager: User
) -> None:
    run_everything()
    contact = task.contact_version.contact
    details = replace(task.contact_version.details, phone=NEW_PHONE)
    client_actions.edit_contact(contact=contact, details=details, actor=manager)
    run_until(task, Status.DOCUMENT_SIGNING, set_up)
    assert set_up.messages(to=PHONE)[-1]["text"].count("/s/") == 1
    contact.refresh_from_db()
    assert (contact.phone, contact.identified_at) == (NEW_PHONE, None)


def test_a_saved_number_says_that_identification_starts_again(
    task: SigningTask, set_up: Sandbox, manager: User
) -> None:
    run_everything()
    values = {**task.contact_version.details.__dict__, "phone": NEW_PHONE, "based_on": "1"}
    browser = browser_of(manager)
    page = browser.post(f"/tasks/{task.number}/contact/edit/", values, follow=True)
    assert "Клиент получит ссылку, чтобы пройти идентификацию снова" in page.content.decode()
