"""The banner of a card: what happened, whose turn it is and since when, and what to do next."""

from dataclasses import dataclass

from accounts.models import User
from accounts.visibility import approvers_of
from econtract.platform.common import clock
from econtract.platform.common.formatting import (
    format_datetime,
    format_duration,
    format_running_time,
)
from tasks.models import Channel, HistoryEntry, SigningTask
from tasks.statuses import Resolution, Status, WaitsFor
from tasks.wording.badges import ICONS, kind_of
from tasks.wording.guidance import next_step
from tasks.wording.troubles import Trouble
from tasks.wording.turns import TurnLabels

TURN_TEXTS = {
    WaitsFor.MANAGER: "Ход менеджера",
    WaitsFor.APPROVER: "Ход согласующего",
    WaitsFor.CLIENT: "Ход клиента",
    WaitsFor.SIGNATORY: "Ход подписанта",
    WaitsFor.SYSTEM: "Ход системы",
    WaitsFor.SUPPORT: "Ход техподдержки",
}
WITHDRAWAL_TEXTS = {
    "cancel": "Документ отзывается: когда отзыв подтвердится, задание будет отменено.",
    "signing_failed": "Документ отзывается: когда отзыв подтвердится, можно будет "
    "отправить другой.",
}
CHANNEL_CHANGE_TEXTS = {
    Channel.EDO: "Отправленный документ отзывается, затем уйдет клиенту через оператора ЭДО.",
    Channel.SMS: "Отправленный документ отзывается, затем уйдет клиенту по СМС.",
}

NO_APPROVER = (
    "Согласовать задание некому: в группах доступа менеджера нет другого руководителя. "
    "Администратор добавит в группу руководителя или его заместителя, и тот согласует задание."
)


@dataclass(frozen=True)
class Banner:
    """``title`` names status and turn, ``reason`` why the task is here, ``advice`` what to do.

    ``outside_code`` is the code of an outside system's refusal, for the request to support.
    """

    kind: str
    icon: str
    title: str
    reason: str
    advice: str
    troubles: tuple[Trouble, ...]
    outside_code: str = ""


def build_banner(
    task: SigningTask, user: User, entries: list[HistoryEntry], troubles: list[Trouble]
) -> Banner:
    """The banner that ``user`` sees on the card of ``task``."""
    kind = kind_of(Status(task.status))
    last = next((e for e in reversed(entries) if e.new_status == task.status), None)
    return Banner(
        kind=kind,
        icon=ICONS[kind],
        title=_title(task, user),
        reason=_reason(task, last),
        advice=_advice(task),
        troubles=tuple(troubles),
        outside_code=last.details.get("outside_code", "") if last else "",
    )


def _advice(task: SigningTask) -> str:
    if task.withdrawal:
        if channel := task.withdrawal.get("channel"):
            return CHANNEL_CHANGE_TEXTS[Channel(channel)]
        return WITHDRAWAL_TEXTS[task.withdrawal["then"]]
    if task.status == Status.ON_APPROVAL and not approvers_of(task.manager_id).exists():
        return NO_APPROVER
    return next_step(Status(task.status), task.resolution, task.channel)


def _title(task: SigningTask, user: User) -> str:
    status = Status(task.status)
    if status == Status.COMPLETED and task.completed_at:
        return (
            f"{status.label}. Подписано за {format_duration(task.completed_at - task.created_at)}"
        )
    if task.is_finished:
        return f"{status.label} {format_datetime(task.status_changed_at)}"
    is_own_turn = TurnLabels.for_viewer(user).label(status, task.manager_id) == "Вы"
    turn = "Ваш ход" if is_own_turn else TURN_TEXTS[task.status_row.waits_for]
    return f"{status.label}. {turn}, {format_running_time(clock.now() - task.status_changed_at)}"


def _reason(task: SigningTask, last: HistoryEntry | None) -> str:
    """The resolution, and the comment of the ``last`` transition to the current status."""
    resolution = Resolution(task.resolution).label if task.resolution else ""
    comment = last.comment if last else ""
    if resolution and comment:
        return f"{resolution}: {comment}"
    return str(resolution or comment)
