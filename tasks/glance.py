"""What most tasks have not: asked in passing, so that a card asks only for what is there."""

from dataclasses import dataclass, fields
from typing import Any, Self

from django.db.models import Exists, OuterRef

from accounts.models import User
from econtract.outbox.models import Order
from tasks import presence
from tasks.counters import CappedCount
from tasks.models import AuthorityDocument, Comment, SigningTask
from tasks.notifications import reading
from tasks.presentation.troubles import TROUBLED


@dataclass(frozen=True)
class Glance:
    """Whether there are comments, papers about authority, orders that may be in trouble, others who
    look, a note that the person does, and what he has not read of this task; and how much the bell
    counts in all."""

    comments: bool
    papers: bool
    troubles: bool
    viewers: bool
    note: bool
    news: bool
    unread: int

    @classmethod
    def of(cls, task: SigningTask) -> Self:
        """The answers to `glances` that were fetched with ``task``."""
        return cls(**{field.name: vars(task)[f"has_{field.name}"] for field in fields(cls)})


def glances(user: User) -> dict[str, Any]:
    """Annotations of tasks, for ``user``."""
    task = OuterRef("pk")
    return {
        "has_comments": Exists(Comment.objects.filter(task=task)),
        "has_papers": Exists(AuthorityDocument.objects.filter(task=task)),
        "has_troubles": Exists(Order.objects.filter(TROUBLED, subject=task)),
        "has_viewers": Exists(presence.looking(task, user)),
        "has_note": Exists(presence.noted(task, user)),
        "has_news": Exists(reading.of_task(task, user)),
        "has_unread": CappedCount(reading.unread(user), reading.COUNTED),
    }
