"""What a step is, and how its outcome goes through the door.

A step makes its outside call with no transaction open and says what happened. It never touches
the status: the door does, in the transaction that closes the job.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar

from django.db import transaction

from accounts.models import User
from econtract.platform.common.compiled import CompiledQuery
from econtract.platform.common.errors import Refused
from econtract.platform.outbox.models import OutboxJob
from econtract.platform.outbox.registry import PlainHandler
from tasks.lifecycle.perform import locked, pass_through, perform
from tasks.models import SigningTask
from tasks.notifications import triggers
from tasks.statuses import Resolution, Status
from tasks.transitions import Actor

PARTY = ("client", "contact_version")
WHOLE = (
    *PARTY,
    "region",
    "box",
    "signatory",
    "document_version__pdf",
    "exchange__power_of_attorney",
    "package__file",
    "manager",
)


@dataclass(frozen=True)
class Outcome:
    """A transition that has become true outside, and what else is written with it."""

    name: str
    actor: Actor = Actor.SYSTEM
    facts: dict[str, Any] = field(default_factory=dict)
    also: Callable[[], object] | None = None


def failure(name: str, resolution: Resolution, comment: str = "", **more: Any) -> Outcome:
    """An outcome that ends a step badly: the resolution for the list, the comment for people."""
    return Outcome(name, facts={"resolution": resolution, "comment": comment}, **more)


class Step:
    """One outside call for one status (or the few that wait for the same answer)."""

    serves: ClassVar[frozenset[Status]]
    # The relations of the task that the step looks at: they come with it in one query.
    looks_at: ClassVar[tuple[str, ...]]
    # The transition that a person makes to have the step again after it failed for good.
    again: ClassVar[str] = ""

    def run(self, task: SigningTask, job: OutboxJob) -> list[Outcome]:
        """Asks outside; answers what has become true, in order; nothing: go on waiting.

        May raise Unavailable and NotReadyYet, and Refused where `refused` knows what it means.
        """
        raise NotImplementedError

    def refused(self, task: SigningTask, refusal: Refused) -> Outcome:
        """What a final "no" of the other side means for the task."""
        raise refusal

    def spent(self, task: SigningTask, error: Exception) -> Outcome | None:
        """What it means that the other side could not be reached in all attempts."""
        return None


class StepHandler:
    """Runs a step's jobs for the outbox."""

    def __init__(self, step: Step) -> None:
        self.step = step

    def run(self, job: OutboxJob) -> None:
        task = load(job.subject, *self.step.looks_at)
        if task.status not in self.step.serves:
            job.complete()
            return
        try:
            outcomes = self.step.run(task, job)
        except Refused as refusal:
            outcomes = [self.step.refused(task, refusal)]
        conclude(task.number, job, outcomes)

    def on_exhausted(self, job: OutboxJob, error: Exception) -> None:
        task = load(job.subject, *self.step.looks_at)
        if task.status not in self.step.serves:
            return
        if outcome := self.step.spent(task, error):
            perform(task.number, outcome.name, actor=outcome.actor, **outcome.facts)

    def retry(self, job: OutboxJob, actor: User) -> None:
        """A person's retry makes a new job, so that the other side sees a new wish."""
        task = load(job.subject, *self.step.looks_at)
        if task.status in self.step.serves:
            job.reopen()
        elif self.step.again:
            perform(task.number, self.step.again, actor=actor, acting_as=Actor.MANAGER)
            job.state = OutboxJob.State.DONE
            job.save(update_fields=["state"])


class TellingHandler(PlainHandler):
    """A handler whose failure leaves the status as it is: the task's manager is told of it."""

    def on_exhausted(self, job: OutboxJob, error: Exception) -> None:
        triggers.after_giving_up(load(job.subject), job)


def load(number: int, *relations: str) -> SigningTask:
    """The task with ``relations`` in one query; without any, all that steps look at.

    Raises SigningTask.DoesNotExist.
    """
    found = _with_relations(relations or WHOLE)(number=number)
    if not found:
        raise SigningTask.DoesNotExist
    return found[0]


@cache
def _with_relations(relations: tuple[str, ...]) -> CompiledQuery[SigningTask]:
    return CompiledQuery(
        lambda number: SigningTask.objects.filter(pk=number).select_related(*relations)
    )


def conclude(number: int, job: OutboxJob, outcomes: list[Outcome]) -> None:
    """Closes the job together with the transitions that became true, if it is still ours."""
    with transaction.atomic():
        task = locked(number)
        if not job.complete():
            return
        for outcome in outcomes:
            if outcome.also:
                outcome.also()
                task = locked(number)
            pass_through(task, outcome.name, actor=outcome.actor, **outcome.facts)
