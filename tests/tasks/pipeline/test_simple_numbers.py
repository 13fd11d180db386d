"""Whose number it is: «Это не мой номер», and a number that changes while it is identified."""

import pytest
import time_machine
from django.test import Client as Browser

from accounts.models import User
from econtract.platform.common.errors import ActionRefused
from edo.evidence_chain.kinds import RecordKind
from edo.models import SimpleSigning
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
