"""Celery jobs of the tasks room."""

from datetime import timedelta

from celery import shared_task
from django.db import transaction

from econtract.common import clock
from tasks import effects
from tasks.models import SigningTask

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
