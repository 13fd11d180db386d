"""Outside calls of a task that do not go smoothly, in words for the card."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from econtract.platform.common.formatting import due
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
}
# What has been given up although the task goes on: an administrator can have it again.
GIVEN_UP = {
    "lodge_document": "Документ не передан в электронный архив",
    "send_message": "Сообщение клиенту не отправлено",
    "answer_identity": "Сервис идентификации не получил наш ответ",
    "revoke_exchange": "Оператор ЭДО не отозвал документ",
}
TEMPORARY = "Unavailable: "
# The jobs that there may be something to say of.
TROUBLED = Q(state=OutboxJob.State.OPEN, last_error__startswith=TEMPORARY) | Q(
    state=OutboxJob.State.PARKED, kind__in=GIVEN_UP
)


@dataclass(frozen=True)
class Trouble:
    """One sentence; ``final`` when nothing is tried any more without a person."""

    text: str
    final: bool = False


def troubles(task: SigningTask) -> list[Trouble]:
    """What is being retried, and what was given up since the task has been in its status."""
    # The subject has an index; the queue key drops objects of other models with the same number.
    found = OutboxJob.objects.filter(subject=task.number).in_queue(task.queue_key)
    found = found.filter(TROUBLED).order_by("pk")
    lines = {_line(job, task.status_changed_at): None for job in found}
    return [line for line in lines if line is not None]


def _line(job: OutboxJob, since: datetime) -> Trouble | None:
    if job.state == OutboxJob.State.OPEN:
        code = job.last_error.removeprefix(TEMPORARY).partition(":")[0]
        system = SYSTEMS.get(code, "Внешняя система")
        return Trouble(f"{system} не отвечает, повторим {due(job.due_at)}.")
    closed = job.closed_at
    if closed and closed >= since:
        return Trouble(f"{GIVEN_UP[job.kind]}. Администратор может повторить.", final=True)
    return None
