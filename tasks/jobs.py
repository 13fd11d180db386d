"""Celery jobs of the tasks room."""

from datetime import timedelta

from celery import shared_task
from django.db import transaction

from econtract.platform.common import clock
from tasks.actions import presence
from tasks.lifecycle import effects
from tasks.listing import exports
from tasks.models import Notification, SigningTask
from tasks.notifications import expiring, mail

# An event that has not come in this time may have been lost: we ask ourselves.
SILENCE = timedelta(minutes=10)
# Who has not looked by then will not: the task and its history stay.
KEPT = timedelta(days=180)


@shared_task(name="tasks.sweep_waiting")
def sweep_waiting() -> None:
    """Asks about every task that waits for somebody outside and has heard nothing for long."""
    waiting = SigningTask.objects.filter(
        status__in=list(effects.FOLLOWING), status_changed_at__lt=clock.now() - SILENCE
    )
    for task in waiting.only("number", "status").iterator():
        with transaction.atomic():
            effects.follow(task)


@shared_task(name="tasks.tell_of_expiring")
def tell_of_expiring() -> None:
    """Tells the administrators of certificates and powers of attorney that run out."""
    expiring.tell_of_expiring()


@shared_task(name="tasks.order_digests")
def order_digests() -> None:
    """Orders the day's letters of those for whom it is the hour."""
    mail.order_digests()


@shared_task(name="tasks.forget_past")
def forget_past() -> None:
    """Removes what is long past: notifications, exports, who looked at which card yesterday."""
    presence.forget()
    exports.forget()
    Notification.objects.filter(created_at__lt=clock.now() - KEPT).delete()
