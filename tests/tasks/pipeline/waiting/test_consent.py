"""Waiting for the client's consent to exchange documents, and for our signatory."""

from datetime import timedelta

import pytest
import time_machine

from accounts.models import User
from econtract.platform.common import clock
from econtract.platform.outbox.models import OutboxJob
from edo.channels.protocol import SessionState, SigningRefused
from tasks.actions.perform_action import perform_action
from tasks.models import SigningTask
from tasks.pipeline.deadlines import Expire
from tasks.statuses import Resolution, Status
from tasks.transitions import Actor
from tests.support.driver import reload, run_everything, run_until, state_of
from tests.support.memory_channel import MemoryChannel
from tests.support.sandbox import Sandbox
from tests.tasks.pipeline.waiting.conftest import (
    CONFIRMATION,
    CONSENT,
    poll,
)


def test_a_client_who_must_accept_an_invitation_is_waited_for(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox
) -> None:
    channel.waits = [CONSENT]
    task = run_until(task, Status.CONSENT_PENDING, set_up)
    assert task.history.order_by("-pk")[0].comment == CONSENT["reason"]
    assert poll(task).status == Status.CONSENT_PENDING
    assert channel.sent == []
    channel.waits.clear()
    assert poll(task).status == Status.DOCUMENT_SENT
    assert len(channel.sent) >= 1
    [entry] = task.history.filter(name="consent_given")
    assert entry.acted_as == Actor.CLIENT


def test_consent_and_confirmation_may_follow_each_other(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox
) -> None:
    channel.waits = [CONSENT, CONFIRMATION]
    task = run_until(task, Status.CONSENT_PENDING, set_up)
    channel.waits.pop(0)
    assert poll(task).status == Status.CONFIRMATION_PENDING


def test_a_client_who_declines_fails_the_task(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox
) -> None:
    channel.waits = [CONSENT]
    task = run_until(task, Status.CONSENT_PENDING, set_up)
    channel.refusal = SigningRefused("memory", "consent_declined", "Клиент отклонил.")
    poll(task)
    assert state_of(task) == (Status.SIGNING_FAILED, Resolution.CONSENT_REFUSED)


def test_a_client_who_never_answers_the_invitation_ends_the_wait(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox
) -> None:
    channel.waits = [CONSENT]
    task = run_until(task, Status.CONSENT_PENDING, set_up)
    [job] = OutboxJob.objects.filter(
        subject=task.number, kind=Expire.kind, payload__status=Status.CONSENT_PENDING
    )
    with time_machine.travel(job.due_at + timedelta(seconds=1), tick=True):
        run_everything()
    assert state_of(task) == (Status.SIGNING_FAILED, Resolution.NO_ANSWER)
    assert channel.session is not None
    assert channel.session.state == SessionState.REVOKED


def test_a_task_that_waits_for_consent_can_be_cancelled(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox, manager: User
) -> None:
    channel.waits = [CONSENT]
    task = run_until(task, Status.CONSENT_PENDING, set_up)
    perform_action(task=task, name="cancel", actor=manager, reason="передумали")
    run_everything()
    assert reload(task).status == Status.CANCELLED


def test_the_signatory_is_asked_about_every_few_seconds(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox
) -> None:
    channel.waits = [{**CONFIRMATION, "waits_until": clock.now() + timedelta(minutes=10)}]
    task = run_until(task, Status.CONFIRMATION_PENDING, set_up)
    assert "Ждем до" in task.history.get(name="confirmation_requested").comment
    channel.waits.clear()
    with time_machine.travel(clock.now() + timedelta(seconds=31), tick=True):
        run_everything()
    assert reload(task).status == Status.DOCUMENT_SENT
    assert channel.sent != []


def test_a_confirmation_may_take_longer_than_our_own_work(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox
) -> None:
    channel.waits = [{**CONFIRMATION, "waits_until": clock.now() + timedelta(hours=5)}]
    task = run_until(task, Status.CONFIRMATION_PENDING, set_up)
    with time_machine.travel(clock.now() + timedelta(hours=4), tick=True):
        run_everything()
        assert reload(task).status == Status.CONFIRMATION_PENDING
        assert not OutboxJob.objects.parked().filter(subject=task.number).exists()


@pytest.mark.parametrize("code", ["confirmation_declined", "confirmation_expired"])
def test_a_signatory_who_does_not_confirm_fails_the_task(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox, code: str
) -> None:
    channel.waits = [CONFIRMATION]
    task = run_until(task, Status.CONFIRMATION_PENDING, set_up)
    channel.refusal = SigningRefused("memory", code, "Подписант отклонил подпись.")
    with time_machine.travel(clock.now() + timedelta(seconds=31), tick=True):
        run_everything()
    assert state_of(task) == (Status.SIGNING_FAILED, Resolution.NOT_CONFIRMED)


def test_a_task_that_waits_for_the_signatory_can_be_cancelled(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox, manager: User
) -> None:
    channel.waits = [CONFIRMATION]
    task = run_until(task, Status.CONFIRMATION_PENDING, set_up)
    perform_action(task=task, name="cancel", actor=manager, reason="передумали")
    with time_machine.travel(clock.now() + timedelta(seconds=31), tick=True):
        run_everything()
    assert reload(task).status == Status.CANCELLED
