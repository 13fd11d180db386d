"""Celery jobs of the tasks room."""

from datetime import timedelta

from celery import shared_task
from django.db import transaction

from econtract.platform.common import clock
from econtract.platform.notifications import inbox, mail
from tasks.actions import presence
from tasks.lifecycle import effects
from tasks.listing import exports
from tasks.models import SigningTask
from tasks.notifications.expiry import notify_of_expiry

# An event that has not come in this time may have been lost: we ask ourselves.
SILENCE = timedelta(minutes=10)


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
    notify_of_expiry()


@shared_task(name="tasks.order_digests")
def order_digests() -> None:
    """Orders the day's letters of those for whom it is the hour."""
    mail.enqueue_digests()


@shared_task(name="tasks.forget_past")
def forget_past() -> None:
    """Removes what is long past: notifications, exports, who looked at which card yesterday."""
    presence.forget()
    exports.forget()
    inbox.delete_old()
