"""Waiting for a verdict on the client's signature."""

from datetime import timedelta

import pytest
import time_machine

from accounts.models import User
from econtract.platform.common import clock
from econtract.platform.common.errors import ActionRefused
from econtract.platform.notifications.models import Notification
from econtract.platform.outbox.models import OutboxJob
from edo.channels.protocol import SessionState
from tasks.actions.perform_action import perform_action
from tasks.models import SigningTask
from tasks.statuses import Resolution, Status
from tasks.transitions import Actor
from tests.support.driver import reload, run_everything, run_until, state_of
from tests.support.memory_channel import MemoryChannel
from tests.support.sandbox import Sandbox
from tests.tasks.pipeline.waiting.conftest import (
    DOUBT,
    poll,
    run_until_review,
)


def test_a_signature_that_cannot_be_judged_waits_for_an_administrator(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox, administrator: User
) -> None:
    task = run_until_review(task, channel, set_up)
    assert task.status == Status.SIGNATURE_REVIEW
    assert poll(task).status == Status.SIGNATURE_REVIEW
    texts = Notification.objects.filter(recipient=administrator).values_list("text", flat=True)
    assert [text for text in texts if DOUBT in text]


def test_nothing_expires_reminds_or_revokes_while_a_signature_is_in_review(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox, manager: User
) -> None:
    task = run_until_review(task, channel, set_up)
    sent_before = OutboxJob.objects.filter(subject=task.number, kind="send_message").count()
    with time_machine.travel(clock.now() + timedelta(days=60), tick=True):
        run_everything()
        assert reload(task).status == Status.SIGNATURE_REVIEW
    messages = OutboxJob.objects.filter(subject=task.number, kind="send_message")
    assert messages.count() == sent_before
    with pytest.raises(ActionRefused):
        perform_action(task=task, name="cancel", actor=manager, reason="передумали")
    assert channel.session is not None
    assert channel.session.state == SessionState.UNVERIFIED


def test_an_administrator_accepts_the_signature(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox, administrator: User
) -> None:
    task = run_until_review(task, channel, set_up)
    comment = "Оператор подтвердил подпись, проверено на госуслугах."
    perform_action(task=task, name="accept_signature", actor=administrator, comment=comment)
    run_everything()
    assert reload(task).status == Status.COMPLETED
    entry = task.history.get(name="accept_signature")
    assert (entry.actor, entry.acted_as, entry.comment) == (
        administrator,
        Actor.SUPPORT,
        comment,
    )


def test_an_administrator_refuses_the_signature(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox, administrator: User
) -> None:
    task = run_until_review(task, channel, set_up)
    perform_action(task=task, name="refuse_signature", actor=administrator, comment="Чужая.")
    run_everything()
    assert state_of(task) == (Status.SIGNING_FAILED, Resolution.CLIENT_SIGNATURE_INVALID)
    assert channel.session is not None
    assert channel.session.state == SessionState.FAILED


@pytest.mark.parametrize("name", ["accept_signature", "refuse_signature"])
def test_the_manager_cannot_judge_the_signature(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox, manager: User, name: str
) -> None:
    task = run_until_review(task, channel, set_up)
    with pytest.raises(ActionRefused):
        perform_action(task=task, name=name, actor=manager, comment="так надо")
    assert channel.session is not None
    assert channel.session.state == SessionState.UNVERIFIED


def test_a_signature_that_can_be_judged_later_needs_no_administrator(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox
) -> None:
    task = run_until_review(task, channel, set_up)
    channel.set_state(SessionState.SIGNED)
    assert poll(task).status == Status.COMPLETED


def test_a_signature_that_turns_out_invalid_fails_the_task(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox
) -> None:
    task = run_until_review(task, channel, set_up)
    channel.set_state(
        SessionState.FAILED, failure_code="recipient_signature_invalid", reason="Отозван."
    )
    poll(task)
    assert state_of(task) == (Status.SIGNING_FAILED, Resolution.CLIENT_SIGNATURE_INVALID)


def test_a_document_signed_after_a_failure_may_need_a_review_too(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox
) -> None:
    task = run_until(task, Status.DOCUMENT_SENT, set_up)
    SigningTask.objects.filter(pk=task.pk).update(status=Status.SIGNING_FAILED)
    channel.set_state(SessionState.UNVERIFIED, reason=DOUBT)
    assert poll(task).status == Status.SIGNATURE_REVIEW
