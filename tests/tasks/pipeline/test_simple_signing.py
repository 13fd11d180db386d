"""Tasks that are signed by SMS, from the link to the archive."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.test import Client as Browser

from accounts.models import User
from econtract.platform.common import clock
from edo.channels.simple.consent import withdraw_consent
from edo.evidence_chain.kinds import RecordKind
from edo.models import AgreementText, SimpleSigning
from tasks.actions.contact import edit_contact
from tasks.actions.perform_action import perform_action
from tasks.actions.reminders import remind
from tasks.models import Channel, SigningTask
from tasks.statuses import Status
from tests.support import world
from tests.support.driver import reload, run_everything, run_until, state_of
from tests.support.evidence_triggers import lifted_triggers
from tests.support.people import browser_of
from tests.support.sandbox import Sandbox
from tests.support.signing.simple_signings import (
    build_ticks,
    count_records,
    next_morning,
    signing_of,
)

pytestmark = pytest.mark.usefixtures("set_up")
Progress = SimpleSigning.Progress


@pytest.fixture
def task(manager: User, set_up: Sandbox) -> SigningTask:
    """A task whose client has a link. It is day where they are."""
    task = world.create_task(manager)
    SigningTask.objects.filter(pk=task.pk).update(channel=Channel.SMS)
    with time_machine.travel(next_morning(), tick=True):
        run_until(task, Status.DOCUMENT_SIGNING, set_up)
        yield reload(task)


def links_in(sandbox: Sandbox) -> list[str]:
    """The paths of the signing page in the messages, oldest first."""
    texts = [message["text"] for message in sandbox.messages()]
    return [path for text in texts for path in re.findall(r"/s/[\w-]{22}/", text)]


def code_in(sandbox: Sandbox) -> str:
    return re.findall(r"\b\d{6}\b", sandbox.messages()[-1]["text"])[-1]


def sign(sandbox: Sandbox, path: str) -> None:
    browser = Browser()
    browser.get(path)
    browser.post(f"{path}code/", build_ticks())
    browser.post(f"{path}sign/", {"code": code_in(sandbox)})


def test_a_task_is_signed_by_sms_and_archived(task: SigningTask, set_up: Sandbox) -> None:
    [path] = links_in(set_up)
    sign(set_up, path)
    run_everything()
    assert state_of(task) == (Status.COMPLETED, "")
    assert signing_of(reload(task)).progress == Progress.SIGNED
    assert reload(task).package is not None
    assert set_up.journal("edo") == []


def test_a_reminder_is_a_new_link_and_ends_the_one_before(
    task: SigningTask, set_up: Sandbox, manager: User
) -> None:
    page = browser_of(manager).get(f"/tasks/{task.number}/").content.decode()
    assert "Отправить ссылку еще раз" in page
    remind(task=task, actor=manager)
    run_everything()
    first, second = links_in(set_up)
    assert first != second
    assert Browser().get(first).status_code == 404
    sign(set_up, second)
    run_everything()
    assert state_of(task)[0] == Status.COMPLETED


def test_a_client_who_refuses_says_why(task: SigningTask, set_up: Sandbox) -> None:
    [path] = links_in(set_up)
    Browser().post(f"{path}refuse/", {"choice": "other", "comment": "Цена выше, чем договорились"})
    run_everything()
    assert state_of(task) == (Status.SIGNING_FAILED, "client_refused")


def test_a_cancelled_task_ends_the_link(task: SigningTask, set_up: Sandbox, manager: User) -> None:
    [path] = links_in(set_up)
    perform_action(task=task, name="cancel", actor=manager, reason="ошибка в договоре")
    run_everything()
    assert state_of(task)[0] == Status.CANCELLED
    assert signing_of(reload(task)).state == SimpleSigning.State.REVOKED
    assert Browser().get(path).status_code == 404


def test_the_wait_ends_with_the_link(task: SigningTask, set_up: Sandbox) -> None:
    with time_machine.travel(clock.now() + timedelta(days=15), tick=True):
        run_everything()
        assert state_of(task) == (Status.SIGNING_FAILED, "no_answer")
        assert signing_of(reload(task)).progress == Progress.EXPIRED


@pytest.mark.parametrize("kind", ["lost_answer", "down"])
def test_a_lost_answer_sends_no_second_link(
    manager: User, set_up: Sandbox, kind: str, run_later: Callable[[], None]
) -> None:
    task = world.create_task(manager)
    SigningTask.objects.filter(pk=task.pk).update(channel=Channel.SMS)
    run_until(task, Status.IDENTIFICATION_PENDING, set_up)
    set_up.fault("messages", kind, path_contains="sms")
    set_up.identity_answer(reload(task).identification_ref, "passed")
    run_later()
    assert len(links_in(set_up)) == 1
    assert count_records(reload(task), RecordKind.LINK_SENT) == 1


@pytest.fixture
def run_later() -> Callable[[], None]:
    """Runs everything, and what is put off besides."""

    def run() -> None:
        start = next_morning()
        for minutes in range(0, 40, 5):
            with time_machine.travel(start + timedelta(minutes=minutes), tick=True):
                run_everything()

    return run


def test_a_client_who_withdrew_the_consent_gets_no_more_links(
    task: SigningTask, set_up: Sandbox, manager: User
) -> None:
    [path] = links_in(set_up)
    sign(set_up, path)
    assert withdraw_consent(task.contact_version.contact_id)
    another = world.create_task(manager)
    SigningTask.objects.filter(pk=another.pk).update(channel=Channel.SMS)
    run_everything()
    assert state_of(another) == (Status.SIGNING_FAILED, "send_failed")
    assert "отозвал согласие" in another.history.latest("pk").comment
    assert links_in(set_up) == [path]
    run_everything()
    assert state_of(task)[0] == Status.COMPLETED


def test_after_a_failure_a_document_goes_another_way(
    task: SigningTask, set_up: Sandbox, manager: User
) -> None:
    [path] = links_in(set_up)
    Browser().post(f"{path}wrong-number/")
    run_everything()
    assert state_of(task)[0] == Status.SIGNING_FAILED
    employee = browser_of(manager)
    card = f"/tasks/{task.number}/"
    assert "Подписать через оператора ЭДО" in employee.get(card).content.decode()
    employee.post(f"{card}channel/", {"channel": "edo"})
    perform_action(task=reload(task), name="send_document", actor=manager)
    run_until(task, Status.COMPLETED, set_up)
    assert len(links_in(set_up)) == 1
    # Too late now.
    employee.post(f"{card}channel/", {"channel": "sms"})
    assert reload(task).channel == Channel.EDO


def test_the_manager_hears_at_once_of_a_link_that_did_not_arrive(
    task: SigningTask, set_up: Sandbox, manager: User
) -> None:
    set_up.fault("messages", "undelivered", code="number_unknown", path_contains="sms")
    remind(task=task, actor=manager)
    run_everything()
    assert signing_of(reload(task)).progress == Progress.UNDELIVERED
    texts = list(manager.notifications.values_list("text", flat=True))
    assert any(text.startswith("Ссылка на подписание не дошла до клиента.") for text in texts)
    page = browser_of(manager).get(f"/tasks/{task.number}/").content.decode()
    assert "Не доставлена" in page
    remind_later = clock.now() + timedelta(hours=2)
    with time_machine.travel(remind_later, tick=True):
        remind(task=task, actor=manager)
        run_everything()
    sign(set_up, links_in(set_up)[-1])
    run_everything()
    assert state_of(task)[0] == Status.COMPLETED


def test_a_changed_number_must_be_identified_before_it_signs(
    task: SigningTask, set_up: Sandbox, manager: User
) -> None:
    [path] = links_in(set_up)
    Browser().post(f"{path}wrong-number/")
    run_everything()
    details = replace(task.contact_version.details, phone="+79990001122")
    edit_contact(task=reload(task), details=details, actor=manager)
    assert reload(task).status == Status.IDENTIFICATION_REQUESTED
    run_everything()
    assert links_in(set_up) == [path]
    run_until(reload(task), Status.DOCUMENT_SIGNING, set_up)
    assert set_up.messages(to="+79990001122")
    assert len(links_in(set_up)) == 2


def test_a_reminder_that_is_refused_does_not_block_the_next_one(
    task: SigningTask, set_up: Sandbox, manager: User
) -> None:
    set_up.fault("messages", "error", status=422, code="number_unknown", path_contains="sms")
    remind(task=task, actor=manager)
    run_everything()
    assert len(links_in(set_up)) == 1
    with time_machine.travel(clock.now() + timedelta(hours=2), tick=True):
        remind(task=task, actor=manager)
        run_everything()
        sign(set_up, links_in(set_up)[-1])
        run_everything()
    assert len(links_in(set_up)) == 2
    assert state_of(task)[0] == Status.COMPLETED


def test_a_consent_withdrawn_after_the_code_stops_the_signature(
    task: SigningTask, set_up: Sandbox
) -> None:
    [path] = links_in(set_up)
    browser = Browser()
    browser.post(f"{path}code/", build_ticks())
    assert withdraw_consent(task.contact_version.contact_id)
    page = browser.post(f"{path}sign/", {"code": code_in(set_up)})
    assert "Сначала примите тексты" in page.content.decode()
    assert signing_of(reload(task)).is_live


def test_without_texts_nothing_is_sent(manager: User, set_up: Sandbox) -> None:
    task = world.create_task(manager)
    SigningTask.objects.filter(pk=task.pk).update(channel=Channel.SMS)
    with lifted_triggers():
        AgreementText.objects.all().delete()
    run_everything()
    set_up.identity_answer(reload(task).identification_ref, "passed")
    run_everything()
    assert state_of(task)[0] == Status.SIGNING_FAILED
    assert "нет текстов" in task.history.latest("pk").comment
    assert links_in(set_up) == []
