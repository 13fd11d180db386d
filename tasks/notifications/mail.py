"""Letters about notifications: at once, and the letter of the day.

A letter names the task's number and its status and nothing of the client: it leaves the house.
It is marked as sent before it is: a worker that dies in between loses one letter, whose text is
in the bell, and none is ever sent twice.
"""

import smtplib
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import User
from econtract.platform.common import clock
from econtract.platform.common.errors import Unavailable
from econtract.platform.common.formatting import plural
from econtract.platform.outbox import orders
from econtract.platform.outbox.models import Order
from econtract.platform.outbox.registry import PlainHandler
from tasks.models.notification_kinds import Kind
from tasks.models.notifications import Notification, NotificationQuerySet
from tasks.statuses import Status

DIGEST_ORDER = "mail_digest"
# More are counted, not listed: the page has them all.
LISTED = 50


class MailNotification(PlainHandler):
    """One letter about one notification."""

    def run(self, order: Order) -> None:
        waiting = Notification.objects.filter(pk=order.subject)
        for notification in _claimed(waiting):
            recipient = notification.recipient
            if _may_be_mailed(waiting, recipient):
                _send(recipient, "notification", {"line": _line(notification)}, waiting)
        with transaction.atomic():
            order.take()


class MailDigest(PlainHandler):
    """The letter of the day: what its recipient has not read yet."""

    def run(self, order: Order) -> None:
        recipient = User.objects.get(pk=order.subject)
        claimed = _claimed(Notification.objects.filter(recipient=recipient).for_digest())
        mine = Notification.objects.filter(pk__in=[one.pk for one in claimed])
        if _may_be_mailed(mine, recipient):
            shown = mine.shown_to(recipient).select_related("task").order_by("pk")
            _send(recipient, "digest", _digest(list(shown)), mine)
        with transaction.atomic():
            order.take()


def order_digests() -> None:
    """Orders a letter for everybody for whom it is the hour of the letter where he is."""
    now = clock.now()
    waiting = Notification.objects.order_by().for_digest().values("recipient")
    for person in User.objects.filter(pk__in=waiting, is_active=True).exclude(email=""):
        if now.astimezone(person.zone).hour == settings.DIGEST_HOUR:
            _order_digest(person)


@transaction.atomic
def _order_digest(person: User) -> None:
    lane = f"digest:{person.pk}"
    # A second order would find nothing left to send: this only spares its run.
    if not Order.objects.open().filter(lane=lane).exists():
        orders.enqueue(kind=DIGEST_ORDER, subject=person.pk, lane=lane)


@transaction.atomic
def _claimed(waiting: NotificationQuerySet) -> list[Notification]:
    """Those not yet mailed, marked so: nobody else sends them."""
    found = list(
        waiting.filter(mailed_at__isnull=True)
        .select_for_update(of=("self",))
        .select_related("recipient", "task")
        .order_by("pk")
    )
    Notification.objects.filter(pk__in=[one.pk for one in found]).update(mailed_at=clock.now())
    return found


def _may_be_mailed(found: NotificationQuerySet, recipient: User) -> bool:
    """Whether anything is left that the person, if not blocked, may still see."""
    return bool(recipient.email) and recipient.is_active and found.shown_to(recipient).exists()


def _send(
    recipient: User, template: str, context: dict[str, Any], about: NotificationQuerySet
) -> None:
    """Sends, or gives the claim back. Raises Unavailable when the mail server cannot be had."""
    links = {"site": settings.PUBLIC_URL, "settings": _address("notifications:settings")}
    text = render_to_string(f"tasks/notifications/mail/{template}.txt", {**context, **links})
    subject, _, body = text.strip().partition("\n")
    try:
        EmailMessage(subject.strip(), body.strip() + "\n", to=[recipient.email]).send()
    except (smtplib.SMTPException, OSError) as error:
        about.update(mailed_at=None)
        # The error itself may spell out the person's address.
        raise Unavailable("mail", type(error).__name__) from None


def _digest(found: list[Notification]) -> dict[str, Any]:
    noun = plural(len(found), "уведомление", "уведомления", "уведомлений")
    return {
        "count": f"{len(found)} {noun}",
        "lines": [_line(one) for one in found[:LISTED]],
        "more": max(len(found) - LISTED, 0),
        "page": _address("notifications:list"),
    }


def _line(notification: Notification) -> dict[str, str]:
    """What a letter says of one notification."""
    number = notification.task_id
    status = Status(notification.status).label if notification.status else ""
    return {
        "title": f"Задание {number}" if number else "E-Contract",
        "what": str(Kind(notification.kind).label),
        "status": str(status),
        "at": _local(notification.created_at, notification.recipient),
        "url": _address("tasks:card", number) if number else _address("notifications:list"),
    }


def _local(at: datetime, person: User) -> str:
    return at.astimezone(person.zone).strftime("%d.%m.%Y %H:%M")


def _address(name: str, *args: Any) -> str:
    return f"{settings.PUBLIC_URL}{reverse(name, args=args)}"
