"""Outside calls of a task that do not go smoothly, in words for the card."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from econtract.platform.common.formatting import due
from econtract.platform.outbox.models import Order
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
# The orders that there may be something to say of.
TROUBLED = Q(state=Order.State.OPEN, last_error__startswith=TEMPORARY) | Q(
    state=Order.State.PARKED, kind__in=GIVEN_UP
)


@dataclass(frozen=True)
class Trouble:
    """One sentence; ``final`` when nothing is tried any more without a person."""

    text: str
    final: bool = False


def troubles(task: SigningTask) -> list[Trouble]:
    """What is being retried, and what was given up since the task has been in its status."""
    # By subject, which has an index; the lane leaves out what only happens to share the number.
    found = Order.objects.filter(subject=task.number).about(task.lane)
    found = found.filter(TROUBLED).order_by("pk")
    lines = {_line(order, task.status_changed_at): None for order in found}
    return [line for line in lines if line is not None]


def _line(order: Order, since: datetime) -> Trouble | None:
    if order.state == Order.State.OPEN:
        code = order.last_error.removeprefix(TEMPORARY).partition(":")[0]
        system = SYSTEMS.get(code, "Внешняя система")
        return Trouble(f"{system} не отвечает, повторим {due(order.due_at)}.")
    closed = order.closed_at
    if closed and closed >= since:
        return Trouble(f"{GIVEN_UP[order.kind]}. Администратор может повторить.", final=True)
    return None
