"""The calls of outside systems, as events of a task's history."""

from econtract.platform.common.formatting import pluralize
from econtract.platform.outbox import registry
from econtract.platform.outbox.failures import ErrorKind
from econtract.platform.outbox.models import OutboxJob
from econtract.platform.timeline.events import TimelineEvent
from tasks.models import SigningTask
from tasks.pipeline.step import TaskJobKind
from tasks.wording.troubles import SYSTEMS

CHANNEL_NAMES = {"sms": "СМС", "email": "электронная почта"}


def build_call_events(task: SigningTask) -> list[TimelineEvent]:
    """The calls for ``task``, oldest first, except those that have not been attempted yet."""
    job_kinds = {
        job_kind.kind: job_kind
        for job_kind in registry.job_kinds()
        if isinstance(job_kind, TaskJobKind) and job_kind.system
    }
    jobs = OutboxJob.objects.filter(subject=task.number, kind__in=job_kinds)
    jobs = jobs.in_queue(task.queue_key).filter(attempts__gt=0).order_by("pk")
    return [_build_event(job, job_kinds[job.kind].system_for(task)) for job in jobs]


def _build_event(job: OutboxJob, system: str) -> TimelineEvent:
    return TimelineEvent(
        at=job.closed_at or job.created_at,
        text=f"{registry.title_of(job.kind)}{_describe_channel(job)}: {_describe_result(job)}",
        actor=SYSTEMS[system],
        badge="error" if job.state == OutboxJob.State.PARKED else "",
        icon="external-link",
        by_user=False,
    )


def _describe_channel(job: OutboxJob) -> str:
    channel = CHANNEL_NAMES.get(job.payload.get("channel", ""))
    return f" ({channel})" if channel else ""


def _describe_result(job: OutboxJob) -> str:
    attempts = f"{job.attempts} {pluralize(job.attempts, 'попытка', 'попытки', 'попыток')}"
    match job.state:
        case OutboxJob.State.DONE:
            return "выполнено" if job.attempts == 1 else f"выполнено, {attempts}"
        case OutboxJob.State.PARKED:
            return f"не удалось, {attempts}{_describe_error(job)}"
        case _:
            return f"выполняется, {attempts}{_describe_error(job)}"


def _describe_error(job: OutboxJob) -> str:
    """The code of a refusal. Its text is left out: it may contain the client's personal data."""
    if job.error_kind == ErrorKind.TEMPORARY:
        return ", система не отвечает"
    if job.error_kind == ErrorKind.REFUSED:
        return f", отказ: {job.error_code}"
    return ""
