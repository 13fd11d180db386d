"""Celery tasks of `tasks`, run by beat. Losing or repeating one only delays the work."""

import logging
from datetime import timedelta

from celery import shared_task
from django.db import transaction
from django.db.models import Q

from econtract.platform.common import clock
from econtract.platform.common.errors import Unavailable
from econtract.platform.listing.exports import delete_old_exports
from econtract.platform.notifications import inbox, mail
from edo import anchors
from edo.channels.operator import lookups
from edo.signing.confirmations import delete_old_confirmations
from edo.trust import ocsp, refresh
from tasks import channels
from tasks.actions import client_access, presence
from tasks.lifecycle import effects, steps
from tasks.models import SigningTask
from tasks.notifications import expiry, timestamps, trust
from tasks.pipeline import anchoring, timestamping
from tasks.statuses import Status

log = logging.getLogger(__name__)

# After this long without news the event may have been lost: ask the outside system.
MAX_SILENCE = timedelta(minutes=10)


@shared_task(name="tasks.poll_silent_tasks")
def poll_silent_tasks() -> None:
    """Asks about every task that has waited for an outside system for long without news."""
    waiting = SigningTask.objects.filter(
        status__in=steps.get_polled_statuses(), status_changed_at__lt=clock.now() - MAX_SILENCE
    ).filter(~Q(status=Status.SIGNING_FAILED) | channels.LIVE_SESSION)
    for task in waiting.only("number", "status").iterator():
        with transaction.atomic():
            effects.enqueue_poll(task)


@shared_task(name="tasks.notify_of_expiry")
def notify_of_expiry() -> None:
    """Notifies administrators of certificates and powers of attorney that are about to expire."""
    expiry.notify_administrators()


@shared_task(name="tasks.refresh_trust")
def refresh_trust() -> None:
    """Fetches the lists of authorities and revocations that are due, and notifies of stale ones."""
    refresh.refresh_trust()
    trust.notify_administrators()


@shared_task(name="tasks.renew_timestamps")
def renew_timestamps() -> None:
    """Enqueues the time-stamps of packages that are due, and notifies of those that are late."""
    timestamping.enqueue_due_timestamps()
    timestamps.notify_administrators()


@shared_task(name="tasks.anchor_evidence")
def anchor_evidence() -> None:
    """Seals the evidence of simple signatures of the day, and adds what is sealed to packages.

    Does nothing twice. Without a seal nothing is lost: the next run covers the same records.
    """
    try:
        anchors.create_anchor()
    except Unavailable as error:
        log.warning("The evidence of the day has no anchor yet: %s", error)
    anchoring.enqueue_due_anchors()


@shared_task(name="tasks.enqueue_digests")
def enqueue_digests() -> None:
    """Enqueues the daily e-mail of the users whose local time it is due at."""
    mail.enqueue_digests()


@shared_task(name="tasks.delete_old_rows")
def delete_old_rows() -> None:
    """Deletes old rows of notifications, exports, confirmations, OCSP, open cards, log-ins,
    lookups of clients' boxes."""
    presence.delete_old_viewings()
    client_access.delete_old_accesses()
    delete_old_exports()
    inbox.delete_old()
    delete_old_confirmations()
    ocsp.delete_old_responses()
    lookups.delete_old_lookups()
