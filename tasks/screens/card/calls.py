"""Calls of outside systems in the history: what was asked of whom, and how it ended."""

from econtract.platform.common.formatting import format_with_zone, pluralize
from econtract.platform.outbox import registry
from econtract.platform.outbox.failures import ErrorKind
from econtract.platform.outbox.models import OutboxJob
from econtract.platform.timeline.events import TimelineEvent
from tasks.models import SigningTask
from tasks.pipeline.step import TaskJobKind
from tasks.wording.troubles import SYSTEMS

CHANNELS = {"sms": "СМС", "email": "электронная почта"}


def calls(task: SigningTask) -> list[TimelineEvent]:
    """The calls made for ``task``, oldest first; without those that have not been tried yet."""
    job_kinds = {
        job_kind.kind: job_kind
        for job_kind in registry.job_kinds()
        if isinstance(job_kind, TaskJobKind) and job_kind.system
    }
    jobs = OutboxJob.objects.filter(subject=task.number, kind__in=job_kinds)
    jobs = jobs.in_queue(task.queue_key).filter(attempts__gt=0).order_by("pk")
    return [_line(job, job_kinds[job.kind].system_for(task)) for job in jobs]


def _line(job: OutboxJob, system: str) -> TimelineEvent:
    at = job.closed_at or job.created_at
    return TimelineEvent(
        time=format_with_zone(at),
        iso=at.isoformat(timespec="seconds"),
        text=f"{registry.title_of(job.kind)}{_details(job)}: {_result(job)}",
        actor=SYSTEMS[system],
        badge="error" if job.state == OutboxJob.State.PARKED else "",
        icon="external-link",
        by_user=False,
    )


def _details(job: OutboxJob) -> str:
    channel = CHANNELS.get(job.payload.get("channel", ""))
    return f" ({channel})" if channel else ""


def _result(job: OutboxJob) -> str:
    tries = f"{job.attempts} {pluralize(job.attempts, 'попытка', 'попытки', 'попыток')}"
    match job.state:
        case OutboxJob.State.DONE:
            return "выполнено" if job.attempts == 1 else f"выполнено, {tries}"
        case OutboxJob.State.PARKED:
            return f"не удалось, {tries}{_reason(job)}"
        case _:
            return f"выполняется, {tries}{_reason(job)}"


def _reason(job: OutboxJob) -> str:
    """The code of the refusal; the text may be the other side's and name the client's data."""
    if job.error_kind == ErrorKind.TEMPORARY:
        return ", система не отвечает"
    if job.error_kind == ErrorKind.REFUSED:
        return f", отказ: {job.error_code}"
    return ""
