"""Base classes of the job kinds of `tasks`.

A step calls an outside system with no transaction open and returns the transitions that the
answer makes due. It never sets the status itself: `complete_job` performs the transitions in the
transaction that completes the job.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar

from django.db import transaction

from accounts.models import User
from econtract.platform.common.compiled import CompiledQuery
from econtract.platform.common.errors import ActionRefused, OutsideError, Refused
from econtract.platform.common.refusals import Refusal
from econtract.platform.outbox.models import OutboxJob
from econtract.platform.outbox.registry import JobKind
from tasks import channels
from tasks.lifecycle.perform import lock_task, perform, perform_locked
from tasks.models import SigningTask
from tasks.notifications import triggers
from tasks.statuses import Resolution, Status
from tasks.transitions import Actor
from tasks.wording.refusals import explain_refusal

# Relations to load with a task.
PARTIES = ("client", "contact_version")
ALL_RELATIONS = (
    *PARTIES,
    *channels.RELATIONS,
    "region",
    "document_kind",
    "document_version__pdf",
    "package__file",
    "manager",
)

NOTHING_TO_RETRY = Refusal(
    "nothing_to_repeat", "Повторять нечего: задание уже в другом статусе.", "Откройте задание."
)


@dataclass(frozen=True)
class DueTransition:
    """A transition that an outside system's answer makes due.

    ``arguments`` go to the transition. ``before`` is called just before it, in its transaction.
    """

    name: str
    actor: Actor = Actor.SYSTEM
    arguments: dict[str, Any] = field(default_factory=dict)
    before: Callable[[], object] | None = None


def build_failure(
    name: str, resolution: Resolution, comment: str = "", *, actor: Actor = Actor.SYSTEM
) -> DueTransition:
    """A transition into a failed status; users see the resolution and the comment."""
    return DueTransition(name, actor, {"resolution": resolution, "comment": comment})


def build_refused(
    name: str, resolution: Resolution, refusal: Refused, *, actor: Actor = Actor.SYSTEM
) -> DueTransition:
    """`build_failure` for a refusal of an outside system, whose code goes to support requests."""
    return DueTransition(
        name,
        actor,
        {
            "resolution": resolution,
            "comment": explain_refusal(refusal),
            "outside_code": f"{refusal.system}: {refusal.code}",
        },
    )


class TaskJobKind(JobKind):
    """A kind of job about a task: ``subject`` is the task's number."""

    def system_for(self, task: SigningTask) -> str:
        """The code of the outside system that a job for ``task`` calls."""
        return self.system


class NotifyingJobKind(TaskJobKind):
    """A kind of job that leaves the status as it is when it fails: the manager is notified."""

    def on_exhausted(self, job: OutboxJob, error: Exception) -> None:
        triggers.on_job_parked(load_task(job.subject), job)


class Step(TaskJobKind):
    """An outside call that moves a task on.

    The payload is empty, or ``is_reported`` when an event of the other side enqueued the step.
    """

    # The task's failed status is shown already.
    caption_when_parked = None

    # Entering one of these statuses enqueues the step.
    starts_in: ClassVar[frozenset[Status]] = frozenset()
    # While the task is in one of these, an inbound event or `poll_silent_tasks` enqueues the step.
    polls_in: ClassVar[frozenset[Status]] = frozenset()
    # Another step enqueues this one while the task is in one of these.
    continues_in: ClassVar[frozenset[Status]] = frozenset()
    # The relations of the task that the step reads; loaded by the same query.
    relations: ClassVar[tuple[str, ...]]
    # The transition into the failed status when all attempts have failed, "" if the task just goes
    # on waiting.
    failure_transition: ClassVar[str] = ""
    # The transition by which a person starts the step again after it failed, "" if there is none.
    retry_transition: ClassVar[str] = ""

    def call(self, task: SigningTask, job: OutboxJob) -> list[DueTransition]:
        """Calls the outside system; returns the transitions that are due, in order.

        An empty list means that the task goes on waiting.

        May raise Unavailable and NotReadyYet, and Refused if `on_refused` handles it.
        """
        raise NotImplementedError

    def on_refused(self, task: SigningTask, refusal: Refused) -> DueTransition:
        """The transition after a final refusal of the other side."""
        raise refusal

    def run(self, job: OutboxJob) -> None:
        task = load_task(job.subject, *self.relations)
        if not self._applies_to(task):
            job.complete()
            return
        try:
            due = self.call(task, job)
        except Refused as refusal:
            due = [self.on_refused(task, refusal)]
        complete_job(task.number, job, due)

    def on_exhausted(self, job: OutboxJob, error: Exception) -> None:
        task = load_task(job.subject, *self.relations)
        if not self.failure_transition or not self._applies_to(task):
            return
        # «Сервис недоступен» blames an outside system, so our own errors have another resolution.
        is_outside = isinstance(error, OutsideError)
        resolution = Resolution.SERVICE_UNAVAILABLE if is_outside else Resolution.INTERNAL_ERROR
        perform(task.number, self.failure_transition, actor=Actor.SYSTEM, resolution=resolution)

    def retry(self, job: OutboxJob, actor: User) -> None:
        """After a failed status, performs `retry_transition`, which enqueues a new job."""
        task = load_task(job.subject, *self.relations)
        if self._applies_to(task):
            job.reopen()
        elif self.retry_transition:
            perform(task.number, self.retry_transition, actor=actor, acting_as=Actor.MANAGER)
            job.close()
        else:
            raise ActionRefused(NOTHING_TO_RETRY)

    def _applies_to(self, task: SigningTask) -> bool:
        return task.status in self.starts_in | self.polls_in | self.continues_in


def load_task(number: int, *relations: str) -> SigningTask:
    """The task with ``relations``, by default with all of them, in one query.

    Raises SigningTask.DoesNotExist.
    """
    rows = _query_with(relations or ALL_RELATIONS)(number=number)
    if not rows:
        raise SigningTask.DoesNotExist
    return rows[0]


# Compiled: saves 8.4 of 9.5 ms (`scripts/bench compiled`).
@cache
def _query_with(relations: tuple[str, ...]) -> CompiledQuery[SigningTask]:
    return CompiledQuery(
        lambda number: SigningTask.objects.filter(pk=number).select_related(*relations)
    )


def complete_job(number: int, job: OutboxJob, due: list[DueTransition]) -> None:
    """Completes the job and performs what is due in one transaction, if the lease still holds."""
    with transaction.atomic():
        task = lock_task(number)
        if not job.complete():
            return
        for transition in due:
            if transition.before:
                transition.before()
                task = lock_task(number)
            perform_locked(task, transition.name, actor=transition.actor, **transition.arguments)
