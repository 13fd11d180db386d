"""Store notifications in the transaction of the event."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from econtract.platform.notifications.models import (
    MAX_TEXT_LENGTH,
    MailFrequency,
    Notification,
    NotificationPreference,
)
from econtract.platform.notifications.registry import NotificationKind
from econtract.platform.outbox import queue

MAIL_JOB = "mail_notification"
# A text becomes one line; no-break spaces keep the parts of a name together.
WHITESPACE = re.compile(r"[^\S\N{NO-BREAK SPACE}]+")


@dataclass(frozen=True)
class Subject:
    """The object that an event is about: see `registry.SubjectType`."""

    subject_type: str
    subject_id: int
    status: str = ""


@dataclass(frozen=True)
class Event:
    """An event to notify of. ``source`` identifies it: each recipient is notified once."""

    kind: NotificationKind
    text: str
    source: str
    subject: Subject | None = None


def notify(recipients: Iterable[Any], event: Event, *, exclude: Any | None = None) -> None:
    """Notifies the active ``recipients`` as they prefer, except ``exclude`` (the actor).

    Call it in the transaction of the event: an e-mail is a job of the outbox.
    """
    active = [user for user in recipients if user.is_active and user != exclude]
    for preference in preferences_of(active, event.kind):
        _store(event, preference)


def preferences_of(users: Sequence[Any], kind: NotificationKind) -> list[NotificationPreference]:
    """The stored or default preference of each user, except users who want no notification."""
    if not users:
        return []
    by_user = {
        preference.user_id: preference
        for preference in NotificationPreference.objects.filter(user__in=users, kind=kind.code)
    }
    preferences = []
    for user in users:
        preference = by_user.get(user.pk) or NotificationPreference(kind=kind.code)
        preference.user = user
        if preference.bell or preference.mail != MailFrequency.NEVER:
            preferences.append(preference)
    return preferences


def _store(event: Event, preference: NotificationPreference) -> None:
    mail = preference.mail if preference.user.email else MailFrequency.NEVER
    subject = event.subject
    notification, is_new = Notification.objects.get_or_create(
        recipient=preference.user,
        source=event.source,
        defaults={
            "kind": event.kind.code,
            "subject_type": subject.subject_type if subject else "",
            "subject_id": subject.subject_id if subject else None,
            "status": subject.status if subject else "",
            "text": _shorten(event.text),
            "in_bell": preference.bell,
            "mail": mail,
        },
    )
    if is_new and mail == MailFrequency.NOW:
        queue_key = f"notification:{notification.pk}"
        queue.enqueue(kind=MAIL_JOB, subject=notification.pk, queue_key=queue_key)


def _shorten(text: str) -> str:
    line = WHITESPACE.sub(" ", text).strip()
    return line if len(line) <= MAX_TEXT_LENGTH else f"{line[: MAX_TEXT_LENGTH - 1].rstrip()}…"
