"""The bell and its page: a user's notifications, and which of them they have read."""

from datetime import timedelta
from typing import Any

from econtract.platform.common import clock
from econtract.platform.notifications.models import Notification, NotificationQuerySet

# The bell counts up to here, then shows «99+».
MAX_BELL_COUNT = 99
MAX_UNREAD_SHOWN = 100
RETENTION = timedelta(days=180)
# The same condition in SQL, before visibility: whether the bell needs to be counted at all.
UNREAD_IN_BELL = "recipient_id = %s AND in_bell AND read_at IS NULL"


def notifications_for(user: Any) -> NotificationQuerySet:
    """The notifications in the bell that ``user`` can see, in the default order."""
    return Notification.objects.visible_to(user).in_bell()


def unread_for(user: Any) -> NotificationQuerySet:
    """What the bell counts, in no particular order."""
    return notifications_for(user).unread().order_by()


def bell_count(user: Any) -> str:
    """The figure on the bell: «2», «99+», "" when everything is read; one query."""
    count = len(unread_for(user).values_list("pk", flat=True)[: MAX_BELL_COUNT + 1])
    if not count:
        return ""
    return str(count) if count <= MAX_BELL_COUNT else f"{MAX_BELL_COUNT}+"


def mark_read(notifications: NotificationQuerySet) -> None:
    """Marks the unread ones as read now."""
    notifications.unread().update(read_at=clock.now())


def mark_subject_read(user: Any, subject_type: str, subject_id: int) -> None:
    """Marks what ``user`` was notified of about the subject; called when they open it."""
    mark_read(Notification.objects.filter(recipient=user).about(subject_type, subject_id))


def delete_old() -> None:
    """Deletes notifications older than `RETENTION`."""
    Notification.objects.filter(created_at__lt=clock.now() - RETENTION).delete()
