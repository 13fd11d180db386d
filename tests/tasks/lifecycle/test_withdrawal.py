"""Requests to withdraw a sent document (`tasks.lifecycle.withdrawal`).

What becomes of a request is in `tests/tasks/pipeline/test_revocation.py`.
"""

from typing import Any

import pytest

from accounts.models import User
from accounts.roles import Role
from econtract.platform.outbox import queue, worker
from econtract.platform.outbox.models import OutboxJob
from edo.models import Exchange
from tasks.lifecycle import withdrawal
from tasks.models import HistoryEntry, SigningTask
from tasks.statuses import Resolution, Status
from tasks.transitions import Actor
from tests.support.factories import ExchangeFactory, SigningTaskFactory, UserFactory, fresh

pytestmark = pytest.mark.django_db
State = Exchange.State


def create_task(state: State = State.DELIVERED) -> SigningTask:
    task: SigningTask = SigningTaskFactory(
        status=Status.DOCUMENT_SIGNING, exchange=ExchangeFactory(state=state)
    )
    return task


def history_of(task: SigningTask) -> list[tuple[str, str, User | None, dict[str, Any]]]:
    entries = HistoryEntry.objects.filter(task=task).order_by("pk")
    return [(entry.name, entry.acted_as, entry.actor, entry.details) for entry in entries]


@pytest.mark.parametrize("state", State)
def test_a_withdrawal_is_needed_while_the_client_can_sign(state: State) -> None:
    can_sign = state in Exchange.LIVE_STATES
    assert withdrawal.is_needed(create_task(state)) is can_sign


def test_a_task_that_was_never_sent_needs_no_withdrawal() -> None:
    assert not withdrawal.is_needed(SigningTaskFactory(status=Status.IDENTIFIED))


def test_a_request_is_stored_on_the_task_and_in_the_job() -> None:
    task = create_task()
    withdrawal.request(
        task,
        then="signing_failed",
        actor=task.manager,
        arguments={"resolution": Resolution.WITHDRAWN},
        removes_document=True,
    )
    # The keys are a contract: rows of earlier releases have them, too (but not `channel`).
    expected = {
        "then": "signing_failed",
        "facts": {"resolution": "withdrawn"},
        "actor": task.manager.pk,
        "acted_as": "manager",
        "removes_document": True,
        "channel": "",
    }
    assert fresh(task).withdrawal == expected
    job = OutboxJob.objects.get()
    assert (job.kind, job.queue_key, job.payload) == ("revoke_exchange", task.queue_key, expected)
    assert fresh(task).status == Status.DOCUMENT_SIGNING
    details = {"then": "signing_failed"}
    assert history_of(task) == [("revocation_requested", "manager", task.manager, details)]


def test_the_system_can_request_a_withdrawal() -> None:
    task = create_task()
    withdrawal.request(
        task,
        then="signing_failed",
        actor=Actor.SYSTEM,
        arguments={"resolution": Resolution.NO_ANSWER},
    )
    stored = fresh(task).withdrawal
    assert stored is not None
    assert (stored["actor"], stored["acted_as"]) == (None, "system")
    assert stored["removes_document"] is False
    details = {"then": "signing_failed"}
    assert history_of(task) == [("revocation_requested", "system", None, details)]


def test_a_repeated_request_keeps_its_author_and_enqueues_nothing() -> None:
    """The caller reopens the job that failed; the history names the administrator."""
    task, administrator = create_task(), UserFactory(roles=[Role.ADMINISTRATOR])
    withdrawal.request(task, then="cancel", actor=task.manager, arguments={"reason": "ошибка"})
    request = OutboxJob.objects.get().payload
    SigningTask.objects.filter(pk=task.pk).update(withdrawal=None)
    withdrawal.repeat(fresh(task), request, administrator)
    assert fresh(task).withdrawal == request
    assert request["actor"] == task.manager.pk
    assert OutboxJob.objects.count() == 1
    assert history_of(task)[-1] == (
        "revocation_requested",
        "support",
        administrator,
        {"then": "cancel"},
    )


def test_a_request_of_an_earlier_release_is_still_performed() -> None:
    """Stored before `removes_document` existed, for a document that was revoked meanwhile."""
    task = create_task(State.REVOKED)
    request = {
        "then": "cancel",
        "facts": {"reason": "ошибка"},
        "actor": task.manager.pk,
        "acted_as": "manager",
    }
    SigningTask.objects.filter(pk=task.pk).update(withdrawal=request)
    job = queue.enqueue(
        kind=withdrawal.KIND, subject=task.number, queue_key=task.queue_key, payload=request
    )
    worker.run_job(job.pk)
    task = fresh(task)
    assert (task.status, task.withdrawal) == (Status.CANCELLED, None)
    assert HistoryEntry.objects.get(task=task, name="cancel").comment == "ошибка"
