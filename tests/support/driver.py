"""Runs the pipeline in the test's own process, as workers and beat would, and plays the client."""

from datetime import timedelta

import time_machine

from econtract.platform.common import clock
from econtract.platform.outbox import inbound, registry, worker
from econtract.platform.outbox.models import OutboxJob
from tasks.models import SigningTask
from tasks.statuses import Status
from tests.support.sandbox import Sandbox


def run_everything(rounds: int = 60) -> None:
    """Runs jobs and reads feeds until no job is due and no event is new.

    Raises AssertionError when that does not happen within ``rounds``.
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
    raise AssertionError(f"The pipeline still has work to do: {stuck}")


def run_until(task: SigningTask, status: Status, sandbox: Sandbox) -> SigningTask:
    """Runs everything, with a client who agrees to all, until the task is in ``status``.

    Returns the task as it is then. Raises AssertionError when it ends up elsewhere.
    """
    run_everything()
    if reload(task).status == Status.IDENTIFICATION_PENDING != status:
        sandbox.identity_answer(reload(task).identification_ref, "passed")
        run_everything()
    if reload(task).status == Status.DOCUMENT_SIGNING != status:
        sandbox.edo_sign(message_id_of(task))
        run_everything()
    now = reload(task)
    assert now.status == status
    return now


def run_until_job(kind: str) -> None:
    """Run jobs and read feeds until a job of that kind is due, which is not run."""
    jobs = OutboxJob.objects
    while not jobs.claimable().filter(kind=kind).exists():
        due = list(jobs.claimable().values_list("pk", flat=True))
        for job_id in due:
            worker.run_job(job_id)
        has_heard = sum(inbound.poll(feed) for feed in registry.feeds())
        assert due or has_heard, list(jobs.open().values_list("kind", "error_text"))


def read_feeds() -> None:
    """Take in the provider's delivery reports."""
    for feed in registry.feeds():
        inbound.poll(feed)


def run_until_archived(task: SigningTask) -> None:
    """Runs everything, shifting the time, until the task's document is in the archive."""
    for _ in range(10):
        # The archive job waits for the conversion and looks for the PDF every two seconds.
        with time_machine.travel(clock.now() + timedelta(seconds=3), tick=True):
            run_everything()
        version = reload(task).document_version
        if version is not None and version.archive_code:
            return
    raise AssertionError("The document was not archived.")


def reload(task: SigningTask) -> SigningTask:
    return SigningTask.objects.select_related("exchange", "package").get(pk=task.pk)


def state_of(task: SigningTask) -> tuple[str, str]:
    """Status and resolution."""
    now = reload(task)
    return now.status, now.resolution


def message_id_of(task: SigningTask) -> str:
    """The operator's id of the message in which the document was sent."""
    exchange = reload(task).exchange
    assert exchange is not None
    return exchange.message_id


def operator_actions(sandbox: Sandbox) -> list[str]:
    """What the ЭДО operator has done, without invitations."""
    return [entry["action"] for entry in sandbox.journal("edo") if entry["action"] != "invited"]
