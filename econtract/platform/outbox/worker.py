"""Running one job: lease it, let its kind do the work, then retry or park it if that failed."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from econtract.platform.common import clock
from econtract.platform.common.errors import NotReadyYet, Refused, Unavailable
from econtract.platform.common.request_id import set_request_id
from econtract.platform.outbox import leases, registry
from econtract.platform.outbox.leases import LeaseLost
from econtract.platform.outbox.models import OutboxJob

log = logging.getLogger(__name__)

MAX_WAIT_FOR_OWN_WORK = timedelta(hours=1)


class WorkerDied(Exception):
    """Every attempt ended with the death of its worker."""


def run_job(job_id: int) -> None:
    """Runs one job if it is its turn. Never raises: the result is stored in the row."""
    job = OutboxJob.claim(job_id)
    if job is None:
        # It may be behind another job of its queue key: let the next dispatch pick it up at once.
        OutboxJob.objects.open().filter(pk=job_id, lease_until=None).update(dispatched_until=None)
        return
    set_request_id(job.request_id or None)
    if job.attempts > settings.OUTBOX_ATTEMPTS:
        # Nobody parked the job after its last attempt.
        _park(job, WorkerDied("The worker died in every attempt."))
        return
    try:
        with leases.running(job):
            registry.job_kind(job.kind).run(job)
    except LeaseLost:
        log.warning("lease lost kind=%s job=%s", job.kind, job.pk)
    except NotReadyYet as wait:
        if clock.now() > (wait.until or job.created_at + MAX_WAIT_FOR_OWN_WORK):
            _park(job, wait)
        else:
            job.postpone(wait, seconds=wait.seconds, is_failure=False)
    except Unavailable as error:
        _retry_or_park(job, error, error.retry_after)
    except Refused as error:
        _park(job, error)
    except Exception as error:
        log.exception("job failed kind=%s job=%s", job.kind, job.pk)
        _retry_or_park(job, error, None)


def _retry_or_park(job: OutboxJob, error: Exception, retry_after: float | None) -> None:
    if job.attempts >= settings.OUTBOX_ATTEMPTS:
        _park(job, error)
        return
    seconds = max(job.retry_delay, retry_after or 0)
    job.postpone(error, seconds=seconds)
    log.warning(
        "job postponed kind=%s job=%s attempts=%s seconds=%s",
        job.kind,
        job.pk,
        job.attempts,
        seconds,
    )


def _park(job: OutboxJob, error: Exception) -> None:
    with transaction.atomic():
        if not job.still_leased():
            return
        _on_exhausted(job, error)
        job.park(error)
    log.error("job parked kind=%s job=%s attempts=%s", job.kind, job.pk, job.attempts)


def _on_exhausted(job: OutboxJob, error: Exception) -> None:
    """Lets the kind react. If it fails, what it wrote is rolled back and the job is parked anyway:
    an open job would fail over and over and hold up its queue key."""
    try:
        with transaction.atomic():
            registry.job_kind(job.kind).on_exhausted(job, error)
    except Exception:
        log.exception("on_exhausted failed kind=%s job=%s", job.kind, job.pk)
