"""«Смотрит: Иванова А.»: who else has a card open right now.

The card's poll records that a user looks; a user who closed the card or left it idle disappears
from the others' cards within a minute.
"""

from datetime import timedelta

from accounts.models import User
from econtract.platform.common import clock
from tasks.models import SigningTask, Viewing

SHOWN_FOR = timedelta(seconds=50)
# At most one write in this time, although the card polls every five seconds.
RECORD_INTERVAL = timedelta(seconds=20)
RETENTION = timedelta(days=1)


def other_viewers(task: SigningTask, user: User) -> tuple[str, ...]:
    """The names of the users who look at ``task``, except ``user``."""
    viewings = task.viewings.filter(seen_at__gt=clock.now() - SHOWN_FOR).exclude(user=user)
    return tuple(sorted(str(viewing.user) for viewing in viewings.select_related("user")))


def record_viewing(task: SigningTask, user: User) -> None:
    """Records that ``user`` has the card open now."""
    Viewing.objects.bulk_create(
        [Viewing(task=task, user=user, seen_at=clock.now())],
        update_conflicts=True,
        unique_fields=["task", "user"],
        update_fields=["seen_at"],
    )


def delete_old_viewings() -> None:
    """Deletes viewings older than `RETENTION`."""
    Viewing.objects.filter(seen_at__lt=clock.now() - RETENTION).delete()
