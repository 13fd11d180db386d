"""«Смотрит: Иванова А.»: who else has the card before him at this moment.

The card's poll says that somebody looks; who has left, or has let the page lie, is gone from
the others' cards within a minute.
"""

from datetime import timedelta

from accounts.models import User
from econtract.platform.common import clock
from tasks.models import SigningTask, Viewing

SHOWN = timedelta(seconds=50)
# A row is written so often: a poll every five seconds must not be a write every five seconds.
WRITTEN = timedelta(seconds=20)
KEPT = timedelta(days=1)


def viewers(task: SigningTask, user: User) -> tuple[str, ...]:
    """Who looks at ``task`` besides ``user``, by name."""
    looking = task.viewings.filter(seen_at__gt=clock.now() - SHOWN).exclude(user=user)
    return tuple(sorted(str(viewing.user) for viewing in looking.select_related("user")))


def note(task: SigningTask, user: User) -> None:
    """``user`` has the card before him now."""
    Viewing.objects.bulk_create(
        [Viewing(task=task, user=user, seen_at=clock.now())],
        update_conflicts=True,
        unique_fields=["task", "user"],
        update_fields=["seen_at"],
    )


def forget() -> None:
    """Removes what has not been true for long."""
    Viewing.objects.filter(seen_at__lt=clock.now() - KEPT).delete()
