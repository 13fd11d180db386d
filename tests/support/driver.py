"""Drives the pipeline in the test's own process: what workers and beat do, step by step."""

from econtract.platform.outbox import inbound, registry, worker
from econtract.platform.outbox.models import OutboxJob


def run_everything(rounds: int = 60) -> None:
    """Runs jobs and reads feeds until nothing is left to do now.

    Raises AssertionError when it does not come to rest.
    """
    for _ in range(rounds):
        due = list(OutboxJob.objects.claimable().order_by("pk").values_list("pk", flat=True))
        for job_id in due:
            worker.run_job(job_id)
        if not due and not sum(inbound.poll(feed) for feed in registry.feeds()):
            return
    stuck = list(
        OutboxJob.objects.open().values_list("kind", "attempts", "error_kind", "error_text")[:10]
    )
    raise AssertionError(f"The pipeline does not come to rest: {stuck}")
