"""Failing outside calls of a task, as the card tells of them."""

from dataclasses import dataclass

from django.db.models import Q

from clients.messages.errors import QUIET_HOURS
from clients.messages.reasons import explain_reason
from econtract.platform.common.formatting import format_due_time
from econtract.platform.outbox import registry
from econtract.platform.outbox.failures import ErrorKind
from econtract.platform.outbox.models import OutboxJob
from tasks.models import SigningTask

SYSTEMS = {
    "cdi": "CDI",
    "eip": "ЕИП",
    "identity": "Сервис идентификации",
    "cabinet": "Сервис личных кабинетов",
    "edo": "Оператор ЭДО",
    "signing": "Служба подписания",
    "archive_apd": "Архив АПД",
    "archive_rio": "РИО Картотека",
    "messages": "Сервис СМС и электронной почты",
    "tsp": "Служба штампов времени",
}


# Outages that only an administrator can end, by `OutboxJob.error_code`.
BLOCKED = {
    "subscription_ended": "подписка закончилась",
    "unauthorized": "не принимает наш токен доступа",
    "box_forbidden": "не дает доступа к нашему ящику",
    "method_unsupported": "не принимает наших запросов",
    "format_unsupported": "не принимает наших запросов",
}
# Waits that users are told of, by `OutboxJob.error_code`.
WAITS = {QUIET_HOURS: "У клиента ночь, сообщение уйдет ему"}


@dataclass(frozen=True)
class Trouble:
    """One sentence; ``final`` when the call is not tried again unless a person repeats it."""

    text: str
    final: bool = False


def troubles(task: SigningTask) -> list[Trouble]:
    """What is being retried, and what was parked since the task entered its status."""
    captions = {
        job_kind.kind: job_kind.caption_when_parked
        for job_kind in registry.job_kinds()
        if job_kind.caption_when_parked
    }
    unanswered = Q(state=OutboxJob.State.OPEN, error_kind=ErrorKind.TEMPORARY)
    waiting = Q(state=OutboxJob.State.OPEN, error_kind=ErrorKind.NOT_READY, error_code__in=WAITS)
    parked = Q(state=OutboxJob.State.PARKED, kind__in=captions)
    # The subject has an index; the queue key drops objects of other models with the same number.
    jobs = OutboxJob.objects.filter(subject=task.number).in_queue(task.queue_key)
    lines: dict[Trouble, None] = {}
    for job in jobs.filter(unanswered | waiting | parked).order_by("pk"):
        if job.state == OutboxJob.State.OPEN and job.error_kind == ErrorKind.NOT_READY:
            due = format_due_time(job.due_at)
            lines[Trouble(f"{WAITS[job.error_code]} {due}.")] = None
        elif job.state == OutboxJob.State.OPEN:
            lines[_retrying(job)] = None
        elif job.closed_at and job.closed_at >= task.status_changed_at:
            lines[_parked(job, captions[job.kind])] = None
    return list(lines)


def _parked(job: OutboxJob, caption: str) -> Trouble:
    text = f"{caption}."
    if job.error_system == "messages" and job.error_kind == ErrorKind.REFUSED:
        text = f"{caption}. {explain_reason(job.error_code).message}"
    return Trouble(f"{text} Администратор может повторить.", final=True)


def _retrying(job: OutboxJob) -> Trouble:
    system = SYSTEMS.get(job.error_system, "Внешняя система")
    if reason := BLOCKED.get(job.error_code):
        due = format_due_time(job.due_at)
        return Trouble(f"{system}: {reason}. Сообщите администратору; повторим {due}.")
    return Trouble(f"{system} не отвечает, повторим {format_due_time(job.due_at)}.")
