"""The bell and its page: what a person has, and what he has read."""

from accounts.models import User
from econtract.platform.common import clock
from tasks.models import SigningTask
from tasks.models.notifications import Notification, NotificationQuerySet

# A larger number says nothing more; it is written «99+».
COUNTED = 99
UNREAD_SHOWN = 100
# Whether it is worth asking what of it the person may still see, as a condition on the table.
UNREAD = "recipient_id = %s AND in_bell AND read_at IS NULL"


def of(user: User) -> NotificationQuerySet:
    """The notifications that ``user`` is shown."""
    return Notification.objects.shown_to(user).in_bell()


def unread(user: User) -> NotificationQuerySet:
    """What the bell counts, in no particular order."""
    return of(user).unread().order_by()


def unread_words(user: User) -> str:
    """The figure on the bell: «2», «99+», "" when everything has been read; one query."""
    count = len(unread(user).values_list("pk", flat=True)[: COUNTED + 1])
    if not count:
        return ""
    return str(count) if count <= COUNTED else f"{COUNTED}+"


def mark_read(found: NotificationQuerySet) -> None:
    """These have been read now; what was read before stays as it was."""
    found.unread().update(read_at=clock.now())


def task_opened(task: SigningTask, user: User) -> None:
    """Whoever has the card before him has read what there was to tell of it."""
    mark_read(Notification.objects.filter(recipient=user, task=task))
