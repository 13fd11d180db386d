"""Calls of outside systems in the history: what was asked of whom, and how it ended."""

from econtract.platform.common.formatting import plural, zoned
from econtract.platform.outbox import registry
from econtract.platform.outbox.models import OutboxJob
from econtract.platform.timeline.events import TimelineEvent
from tasks.models import SigningTask
from tasks.wording.troubles import SYSTEMS

# Who is asked; the dates that wait inside the house are no calls. "": the region's archive.
CALLS = {
    "start_identification": "identity",
    "follow_identification": "identity",
    "answer_identity": "identity",
    "create_cabinet": "cabinet",
    "prepare_sending": "eip",
    "send_document": "edo",
    "follow_exchange": "edo",
    "revoke_exchange": "edo",
    "lodge_document": "",
    "lodge_package": "",
    "send_message": "messages",
}
CHANNELS = {"sms": "СМС", "email": "электронная почта"}


def system_of(kind: str, task: SigningTask) -> str:
    """The outside system, a key of SYSTEMS, that a job of ``kind`` for ``task`` calls."""
    return CALLS[kind] or f"archive_{task.region.archive.lower()}"


def calls(task: SigningTask) -> list[TimelineEvent]:
    """The calls made for ``task``, oldest first; those that are still to be made for the first
    time are not there."""
    jobs = OutboxJob.objects.filter(subject=task.number, kind__in=CALLS).in_queue(task.queue_key)
    return [_line(job, task) for job in jobs.filter(attempts__gt=0).order_by("pk")]


def _line(job: OutboxJob, task: SigningTask) -> TimelineEvent:
    at = job.closed_at or job.created_at
    return TimelineEvent(
        time=zoned(at),
        iso=at.isoformat(timespec="seconds"),
        text=f"{registry.title_of(job.kind)}{_details(job)}: {_result(job)}",
        actor=SYSTEMS[system_of(job.kind, task)],
        badge="error" if job.state == OutboxJob.State.PARKED else "",
        icon="external-link",
        by_user=False,
    )


def _details(job: OutboxJob) -> str:
    channel = CHANNELS.get(job.payload.get("channel", ""))
    return f" ({channel})" if channel else ""


def _result(job: OutboxJob) -> str:
    tries = f"{job.attempts} {plural(job.attempts, 'попытка', 'попытки', 'попыток')}"
    match job.state:
        case OutboxJob.State.DONE:
            return "выполнено" if job.attempts == 1 else f"выполнено, {tries}"
        case OutboxJob.State.PARKED:
            return f"не удалось, {tries}{_reason(job)}"
        case _:
            return f"выполняется, {tries}{_reason(job)}"


def _reason(job: OutboxJob) -> str:
    """The code of the refusal; a sentence of the other side may hold the client's data."""
    kind, _, rest = job.last_error.partition(": ")
    if kind == "Unavailable":
        return ", система не отвечает"
    code = rest.partition(": ")[2].split(" ")[0] if kind == "Refused" else ""
    return f", отказ: {code}" if code else ""
