"""Revoking a document that has been sent."""

from typing import Any

from django.db import transaction

from accounts.models import User
from econtract.platform.common.errors import Refused
from econtract.platform.outbox.models import OutboxJob
from econtract.platform.outbox.registry import PlainHandler
from edo.channels.operator import exchanges
from edo.channels.operator.exchanges import ALREADY_SIGNED
from edo.models import Exchange
from tasks.lifecycle import effects, guards, history
from tasks.lifecycle.perform import locked, perform
from tasks.models import HistoryEntry, SigningTask
from tasks.transitions import Actor


class RevokeExchange(PlainHandler):
    """Takes the document back at the operator, then makes the transition that waited for it."""

    def run(self, job: OutboxJob) -> None:
        task = SigningTask.objects.select_related("exchange").get(pk=job.subject)
        wish = task.withdrawal
        if wish is None:
            job.complete()
            return
        too_late = task.exchange is not None and task.exchange.state == Exchange.State.SIGNED
        if task.exchange is not None and task.exchange.is_live:
            try:
                exchanges.revoke(exchange=task.exchange)
            except Refused as refusal:
                if refusal.code != ALREADY_SIGNED:
                    raise
                too_late = True
        with transaction.atomic():
            fresh = locked(task.number)
            if not job.complete():
                return
            _drop_wish(fresh)
            if too_late:
                _note(fresh, "revocation_too_late")
                effects.follow(fresh)
            elif not guards.refusals(fresh, wish["then"], frozenset({Actor(wish["acted_as"])})):
                _fulfil(fresh, wish)

    def on_exhausted(self, job: OutboxJob, error: Exception) -> None:
        task = locked(job.subject)
        if task.withdrawal:
            _drop_wish(task)
            _note(task, "revocation_failed")

    def retry(self, job: OutboxJob, actor: User) -> None:
        """The wish was dropped when its job was parked: whoever wants it says so anew."""
        OutboxJob.objects.parked().filter(pk=job.pk).update(state=OutboxJob.State.DONE)


def _drop_wish(task: SigningTask) -> None:
    task.withdrawal = None
    task.save(update_fields=["withdrawal"])


def _fulfil(task: SigningTask, wish: dict[str, Any]) -> None:
    actor: User | Actor = Actor(wish["acted_as"])
    if wish["actor"]:
        actor = User.objects.get(pk=wish["actor"])
    perform(
        task.number,
        wish["then"],
        actor=actor,
        acting_as=Actor(wish["acted_as"]),
        **wish["facts"],
    )


def _note(task: SigningTask, name: str) -> None:
    history.record(task, kind=HistoryEntry.Kind.OUTSIDE, name=name)
