"""Waiting for a client who must agree to a revocation, and revocations that come too late."""

import pytest

from accounts.models import User
from econtract.platform.common.errors import Refused
from edo.channels.protocol import SessionState
from tasks.actions.perform_action import perform_action
from tasks.models import SigningTask
from tasks.statuses import Status
from tests.support.driver import reload, run_everything, run_until
from tests.support.memory_channel import MemoryChannel
from tests.support.sandbox import Sandbox
from tests.tasks.pipeline.waiting.conftest import DOUBT, poll


def test_a_signature_that_came_before_the_revocation_wins(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox, manager: User
) -> None:
    task = run_until(task, Status.DOCUMENT_SENT, set_up)
    perform_action(task=task, name="cancel", actor=manager, reason="ошибка")
    channel.set_state(SessionState.UNVERIFIED, reason=DOUBT)
    run_everything()
    assert reload(task).status == Status.SIGNATURE_REVIEW
    assert not reload(task).withdrawal


@pytest.fixture
def cancelled(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox, manager: User
) -> SigningTask:
    """A task whose manager wants to cancel it, and whose client has to agree."""
    task = run_until(task, Status.DOCUMENT_SENT, set_up)
    channel.client_must_agree = True
    channel.set_state(SessionState.DELIVERED)
    task = poll(task)
    perform_action(task=task, name="cancel", actor=manager, reason="передумали")
    run_everything()
    return reload(task)


def test_a_task_is_not_cancelled_before_the_client_has_agreed(
    cancelled: SigningTask, channel: MemoryChannel
) -> None:
    assert cancelled.status == Status.DOCUMENT_SIGNING
    assert cancelled.withdrawal
    poll(cancelled)
    assert poll(cancelled).status == Status.DOCUMENT_SIGNING
    assert cancelled.history.filter(name="revocation_needs_client").count() == 1
    channel.set_state(SessionState.REVOKED)
    assert poll(cancelled).status == Status.CANCELLED


def test_a_client_may_sign_instead_of_agreeing(
    cancelled: SigningTask, channel: MemoryChannel
) -> None:
    channel.set_state(SessionState.SIGNED)
    task = poll(cancelled)
    assert task.status == Status.COMPLETED
    assert task.withdrawal is None
    assert task.history.filter(name="revocation_too_late").exists()


def test_a_client_who_does_not_agree_keeps_the_document(
    cancelled: SigningTask, channel: MemoryChannel
) -> None:
    channel.revocation_error = Refused("edo", "revocation_rejected", "нет")
    task = poll(cancelled)
    assert (task.status, task.withdrawal) == (Status.DOCUMENT_SIGNING, None)
    [entry] = task.history.filter(name="revocation_refused")
    assert "не согласился" in entry.comment
