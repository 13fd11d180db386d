"""The buttons of a task: what this person may do now, and if not, why.

The answers come from `tasks.lifecycle.guards`, as for the transition itself: what is shown is what
is allowed.
"""

from dataclasses import dataclass

from django.urls import reverse

from accounts.models import User
from econtract.platform.common.refusals import Refusal
from tasks.actions import handover
from tasks.lifecycle import guards
from tasks.models import SigningTask
from tasks.statuses import Status
from tasks.transitions import Actor


@dataclass(frozen=True)
class ButtonSpec:
    """How a transition is offered, and what its page asks for.

    ``comment``: None – one press is enough; "optional" or "required" – a page asks for words.
    """

    label: str
    icon: str = ""
    comment: str | None = None
    asks: str = "Комментарий"
    warning: str = ""
    done: str = ""


# The transitions that people make. The others are made true by the outside world.
BUTTON_SPECS = {
    "approve": ButtonSpec("Согласовать", "check", "optional", done="Задание согласовано"),
    "reject_approval": ButtonSpec(
        "Отклонить", "x", "required", "Почему задание отклонено", done="Согласование отклонено"
    ),
    "resubmit": ButtonSpec(
        "Отправить на согласование",
        "send",
        "optional",
        "Что исправлено",
        done="Задание отправлено на согласование",
    ),
    "confirm_authority": ButtonSpec("Подтвердить", "check", done="Полномочия подтверждены"),
    "decline_authority": ButtonSpec(
        "Отклонить",
        "x",
        "required",
        "Что не так с документами",
        warning="Комментарий получит клиент вместе с просьбой прислать другие документы.",
        done="Документы отклонены, клиенту отправлено сообщение",
    ),
    "restart_identification": ButtonSpec(
        "Запросить идентификацию заново",
        "refresh",
        "optional",
        warning="Клиент получит новую ссылку, прежняя перестанет действовать.",
        done="Идентификация запрошена заново",
    ),
    "proceed": ButtonSpec("Продолжить", "player-play", done="Задание продолжено"),
    "retry_cabinet": ButtonSpec("Создать ЛК заново", "refresh", done="ЛК создается заново"),
    "send_document": ButtonSpec("Отправить снова", "send", done="Документ отправляется"),
    "retry_archive": ButtonSpec(
        "Передать в архив снова", "archive", done="Пакет передается в архив снова"
    ),
    "cancel": ButtonSpec(
        "Отменить задание",
        "ban",
        "required",
        "Причина отмены",
        warning="Отправленный документ будет отозван, ссылка на идентификацию перестанет "
        "действовать. Отмену нельзя вернуть.",
        done="Задание отменено",
    ),
}
# What the card's banner offers first.
MAIN_BUTTONS = {
    Status.ON_APPROVAL: "approve",
    Status.APPROVAL_REJECTED: "resubmit",
    Status.AUTHORITY_REVIEW: "confirm_authority",
    Status.IDENTIFIED: "proceed",
    Status.IDENTIFICATION_FAILED: "restart_identification",
    Status.CABINET_FAILED: "retry_cabinet",
    Status.SIGNING_FAILED: "send_document",
    Status.ARCHIVE_FAILED: "retry_archive",
}
MENU_BUTTON = "cancel"


@dataclass(frozen=True)
class Button:
    """One action: a form of its own, or a page that asks for words first."""

    name: str
    label: str
    icon: str
    url: str
    asks: bool
    refusals: tuple[Refusal, ...] = ()

    @property
    def allowed(self) -> bool:
        return not self.refusals


@dataclass(frozen=True)
class Buttons:
    """All actions of one person on one task."""

    main: Button | None
    others: tuple[Button, ...]
    cancel: Button | None
    take: Button | None
    hand: Button | None


def buttons(task: SigningTask, user: User) -> Buttons:
    """What ``user`` may do, with reasons where a guard says no; the never-allowed is not there."""
    capacities = guards.actors_of(user, task)
    offered = {
        name: _button(task, name, capacities)
        for name, move in guards.transitions_from(task).items()
        if name in BUTTON_SPECS and capacities & move.actors
    }
    main = offered.pop(MAIN_BUTTONS.get(Status(task.status), ""), None)
    cancel = offered.pop(MENU_BUTTON, None)
    others = tuple(offered[name] for name in BUTTON_SPECS if name in offered)
    return Buttons(main, others, cancel, _take(task, user), _hand(task, user))


def _button(task: SigningTask, name: str, capacities: frozenset[Actor]) -> Button:
    wording = BUTTON_SPECS[name]
    return Button(
        name=name,
        label=label_of(name, task),
        icon=wording.icon,
        url=reverse("tasks:do", args=[task.number, name]),
        asks=wording.comment is not None,
        refusals=tuple(guards.refusals(task, name, capacities)),
    )


def label_of(name: str, task: SigningTask) -> str:
    """The button's words; a document that has not been sent yet is not sent «again»."""
    if name == "send_document" and task.status == Status.CABINET_CREATED:
        return "Отправить документ"
    return BUTTON_SPECS[name].label


def _take(task: SigningTask, user: User) -> Button | None:
    if handover.take_refusals(task, user):
        return None
    url = reverse("tasks:take", args=[task.number])
    return Button("take", "Принять в работу", "user-plus", url, asks=False)


def _hand(task: SigningTask, user: User) -> Button | None:
    if handover.hand_over_refusals(task, user):
        return None
    url = reverse("tasks:hand", args=[task.number])
    return Button("hand", "Передать", "arrows-exchange", url, asks=True)
