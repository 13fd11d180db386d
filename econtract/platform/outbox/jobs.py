"""Celery tasks of the outbox. Losing or repeating one only delays the work."""

from celery import shared_task

from econtract.platform.outbox import inbound, queue, worker

DISPATCH_LIMIT = 100


@shared_task(name="outbox.run_job")
def run_job(job_id: int) -> None:
    """Runs one job."""
    worker.run_job(job_id)


@shared_task(name="outbox.dispatch", expires=10)
def dispatch() -> None:
    """Sends all due jobs to the workers."""
    while queue.dispatch(DISPATCH_LIMIT) == DISPATCH_LIMIT:
        pass


@shared_task(name="outbox.poll_feeds", expires=10)
def poll_feeds() -> None:
    """Reads the feeds of all outside systems."""
    inbound.poll_all()
