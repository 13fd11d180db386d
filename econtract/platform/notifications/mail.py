"""E-mails about notifications: at once, and the daily digest.

An e-mail leaves the company's network: it names the subject's number and status, nothing of the
client. It is marked as sent before it is sent: a worker that dies in between loses one e-mail,
whose text is in the bell, and none is ever sent twice.
"""

import smtplib
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from econtract.platform.common import clock
from econtract.platform.common.errors import Unavailable
from econtract.platform.common.formatting import pluralize
from econtract.platform.notifications.delivery import MAIL_JOB
from econtract.platform.notifications.models import Notification, NotificationQuerySet
from econtract.platform.notifications.registry import notification_kind, subject_type
from econtract.platform.outbox import queue
from econtract.platform.outbox.models import OutboxJob
from econtract.platform.outbox.registry import JobKind

# The digest lists so many and counts the rest.
MAX_DIGEST_LINES = 50


class MailNotification(JobKind):
    """One e-mail about one notification. Subject: the `Notification`. The payload is empty."""

    kind = MAIL_JOB
    title = "Письмо сотруднику"
    system = "mail"
    caption_when_parked = None  # the notification is in the bell

    def run(self, job: OutboxJob) -> None:
        waiting = Notification.objects.filter(pk=job.subject)
        for notification in _claim(waiting):
            recipient = notification.recipient
            if _may_be_mailed(waiting, recipient):
                _send(recipient, "notification", {"line": _line(notification)}, waiting)
        with transaction.atomic():
            job.complete()


class MailDigest(JobKind):
    """The daily e-mail: what its recipient has not read yet.

    Subject: the recipient, a `User`. The payload is empty.
    """

    kind = "mail_digest"
    title = "Сводка за день"
    system = "mail"
    caption_when_parked = None  # the notifications are in the bell

    def run(self, job: OutboxJob) -> None:
        recipient = get_user_model().objects.get(pk=job.subject)
        notifications = _claim(Notification.objects.filter(recipient=recipient).for_digest())
        unsent = Notification.objects.filter(
            pk__in=[notification.pk for notification in notifications]
        )
        if _may_be_mailed(unsent, recipient):
            visible = unsent.visible_to(recipient).order_by("pk")
            _send(recipient, "digest", _digest(list(visible)), unsent)
        with transaction.atomic():
            job.complete()


def enqueue_digests() -> None:
    """Enqueues the digest for everybody where it is `DIGEST_HOUR` in their own time zone."""
    now = clock.now()
    waiting = Notification.objects.order_by().for_digest().values("recipient")
    users = get_user_model().objects.filter(pk__in=waiting, is_active=True).exclude(email="")
    for user in users:
        if now.astimezone(user.zone).hour == settings.DIGEST_HOUR:
            _enqueue_digest(user)


@transaction.atomic
def _enqueue_digest(user: Any) -> None:
    queue_key = f"digest:{user.pk}"
    # A second job would find nothing left to send: this only spares its run.
    if not OutboxJob.objects.open().filter(queue_key=queue_key).exists():
        queue.enqueue(kind=MailDigest.kind, subject=user.pk, queue_key=queue_key)


@transaction.atomic
def _claim(waiting: NotificationQuerySet) -> list[Notification]:
    """Those not yet mailed, marked as mailed: nobody else sends them."""
    notifications = list(
        waiting.filter(mailed_at__isnull=True)
        .select_for_update(of=("self",))
        .select_related("recipient")
        .order_by("pk")
    )
    Notification.objects.filter(pk__in=[notification.pk for notification in notifications]).update(
        mailed_at=clock.now()
    )
    return notifications


def _may_be_mailed(notifications: NotificationQuerySet, recipient: Any) -> bool:
    """Whether anything is left that the user, if not blocked, may still see."""
    return (
        bool(recipient.email)
        and recipient.is_active
        and notifications.visible_to(recipient).exists()
    )


def _send(
    recipient: Any, template: str, context: dict[str, Any], notifications: NotificationQuerySet
) -> None:
    """Sends, or gives the claim back. Raises Unavailable when the mail server does not answer."""
    links = {"site": settings.PUBLIC_URL, "settings": _absolute_url("notifications:settings")}
    text = render_to_string(f"notifications/mail/{template}.txt", {**context, **links})
    subject, _, body = text.strip().partition("\n")
    try:
        EmailMessage(subject.strip(), body.strip() + "\n", to=[recipient.email]).send()
    except (smtplib.SMTPException, OSError) as error:
        notifications.update(mailed_at=None)
        # The error's own text may spell out the address.
        raise Unavailable("mail", type(error).__name__) from None


def _digest(notifications: list[Notification]) -> dict[str, Any]:
    count = len(notifications)
    noun = pluralize(count, "уведомление", "уведомления", "уведомлений")
    return {
        "count": f"{count} {noun}",
        "lines": [_line(notification) for notification in notifications[:MAX_DIGEST_LINES]],
        "more": max(count - MAX_DIGEST_LINES, 0),
        "page": _absolute_url("notifications:list"),
    }


def _line(notification: Notification) -> dict[str, str]:
    """What an e-mail says of one notification."""
    line = {
        "title": "E-Contract",
        "what": notification_kind(notification.kind).label,
        "status": "",
        "at": _local_time(notification.created_at, notification.recipient),
        "url": _absolute_url("notifications:list"),
    }
    if notification.subject_id is not None:
        subjects = subject_type(notification.subject_type)
        line["title"] = subjects.reference(notification.subject_id)
        line["url"] = f"{settings.PUBLIC_URL}{subjects.url(notification.subject_id)}"
        line["status"] = subjects.status_label(notification.status) if notification.status else ""
    return line


def _local_time(at: datetime, user: Any) -> str:
    return at.astimezone(user.zone).strftime("%d.%m.%Y %H:%M")


def _absolute_url(name: str) -> str:
    return f"{settings.PUBLIC_URL}{reverse(name)}"
