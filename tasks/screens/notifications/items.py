"""Notifications as plain values, for the page «Уведомления»."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import User
from econtract.platform.common.formatting import format_datetime
from econtract.platform.notifications.models import Notification
from econtract.platform.notifications.registry import notification_kind, subject_type

# (subject type, id) → title, for the subjects that the user can see.
Titles = dict[tuple[str, int], str]


@dataclass(frozen=True)
class NotificationItem:
    """One notification; ``url`` is "" if there is no page that the user can open."""

    pk: int
    kind: str
    icon: str
    title: str
    text: str
    time: str
    iso: str
    url: str
    is_unread: bool


def build_notification_items(
    notifications: Sequence[Notification], user: User
) -> list[NotificationItem]:
    """The items of ``notifications`` for ``user``; one query per subject type."""
    titles = _visible_titles(notifications, user)
    return [_build_item(notification, titles, user) for notification in notifications]


def _visible_titles(notifications: Sequence[Notification], user: User) -> Titles:
    ids = defaultdict(set)
    for notification in notifications:
        if notification.subject_id is not None:
            ids[notification.subject_type].add(notification.subject_id)
    return {
        (code, subject_id): title
        for code, subject_ids in ids.items()
        for subject_id, title in subject_type(code).titles(subject_ids, user).items()
    }


def _build_item(notification: Notification, titles: Titles, user: User) -> NotificationItem:
    kind = notification_kind(notification.kind)
    title, url = _title_and_url(notification, titles, user)
    return NotificationItem(
        pk=notification.pk,
        kind="" if kind.label in {notification.text, title} else kind.label,
        icon=kind.icon,
        title=title,
        text=notification.text,
        time=format_datetime(notification.created_at),
        iso=notification.created_at.isoformat(timespec="seconds"),
        url=url,
        is_unread=notification.read_at is None,
    )


def _title_and_url(notification: Notification, titles: Titles, user: User) -> tuple[str, str]:
    if notification.subject_id is None:
        kind = notification_kind(notification.kind)
        return kind.title, kind.link(notification.source, user) if kind.link else ""
    type_of_subject = subject_type(notification.subject_type)
    title = titles.get((notification.subject_type, notification.subject_id))
    if title is None:
        return type_of_subject.reference(notification.subject_id), ""
    return title, type_of_subject.url(notification.subject_id)
