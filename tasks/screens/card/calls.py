"""Calls of outside systems in the history: what was asked of whom, and how it ended."""

from econtract.platform.common.formatting import plural, zoned
from econtract.platform.outbox import registry
from econtract.platform.outbox.models import Order
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
    """The outside system, a key of SYSTEMS, that an order of ``kind`` for ``task`` calls."""
    return CALLS[kind] or f"archive_{task.region.archive.lower()}"


def calls(task: SigningTask) -> list[TimelineEvent]:
    """The calls made for ``task``, oldest first; those that are still to be made for the first
    time are not there."""
    orders = Order.objects.filter(subject=task.number, kind__in=CALLS).about(task.lane)
    return [_line(order, task) for order in orders.filter(attempts__gt=0).order_by("pk")]


def _line(order: Order, task: SigningTask) -> TimelineEvent:
    at = order.closed_at or order.created_at
    return TimelineEvent(
        time=zoned(at),
        iso=at.isoformat(timespec="seconds"),
        text=f"{registry.title_of(order.kind)}{_details(order)}: {_result(order)}",
        actor=SYSTEMS[system_of(order.kind, task)],
        badge="error" if order.state == Order.State.PARKED else "",
        icon="external-link",
        by_user=False,
    )


def _details(order: Order) -> str:
    channel = CHANNELS.get(order.payload.get("channel", ""))
    return f" ({channel})" if channel else ""


def _result(order: Order) -> str:
    tries = f"{order.attempts} {plural(order.attempts, 'попытка', 'попытки', 'попыток')}"
    match order.state:
        case Order.State.DONE:
            return "выполнено" if order.attempts == 1 else f"выполнено, {tries}"
        case Order.State.PARKED:
            return f"не удалось, {tries}{_reason(order)}"
        case _:
            return f"выполняется, {tries}{_reason(order)}"


def _reason(order: Order) -> str:
    """The code of the refusal; a sentence of the other side may hold the client's data."""
    kind, _, rest = order.last_error.partition(": ")
    if kind == "Unavailable":
        return ", система не отвечает"
    code = rest.partition(": ")[2].split(" ")[0] if kind == "Refused" else ""
    return f", отказ: {code}" if code else ""
