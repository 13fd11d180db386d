"""The buttons of a card: what the user can do now, and why not if they cannot.

The refusals come from `tasks.lifecycle.guards`, which also checks the transition itself, so the
buttons and the checks cannot disagree.
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
    """The button of a transition, and the page that asks for its comment.

    ``comment``: None if the transition needs no page; else "optional" or "required".
    """

    label: str
    icon: str = ""
    comment: str | None = None
    comment_label: str = "Комментарий"
    warning: str = ""
    success_text: str = ""


# The transitions that users make; outside systems cause the others.
BUTTON_SPECS = {
    "approve": ButtonSpec("Согласовать", "check", "optional", success_text="Задание согласовано"),
    "reject_approval": ButtonSpec(
        "Отклонить",
        "x",
        "required",
        "Почему задание отклонено",
        success_text="Согласование отклонено",
    ),
    "resubmit": ButtonSpec(
        "Отправить на согласование",
        "send",
        "optional",
        "Что исправлено",
        success_text="Задание отправлено на согласование",
    ),
    "confirm_authority": ButtonSpec("Подтвердить", "check", success_text="Полномочия подтверждены"),
    "decline_authority": ButtonSpec(
        "Отклонить",
        "x",
        "required",
        "Что не так с документами",
        warning="Комментарий получит клиент вместе с просьбой прислать другие документы.",
        success_text="Документы отклонены, клиенту отправлено сообщение",
    ),
    "restart_identification": ButtonSpec(
        "Запросить идентификацию заново",
        "refresh",
        "optional",
        warning="Клиент получит новую ссылку, прежняя перестанет действовать.",
        success_text="Идентификация запрошена заново",
    ),
    "proceed": ButtonSpec("Продолжить", "player-play", success_text="Задание продолжено"),
    "retry_cabinet": ButtonSpec("Создать ЛК заново", "refresh", success_text="ЛК создается заново"),
    "send_document": ButtonSpec("Отправить снова", "send", success_text="Документ отправляется"),
    "accept_signature": ButtonSpec(
        "Принять подпись",
        "check",
        "required",
        "Почему подпись можно принять",
        warning="Документ станет подписанным обеими сторонами. Основание и ваше имя попадут "
        "в историю и в подписанный пакет.",
        success_text="Подпись клиента принята",
    ),
    "refuse_signature": ButtonSpec(
        "Отклонить подпись",
        "x",
        "required",
        "Что не так с подписью",
        warning="Документ останется неподписанным, менеджер увидит причину и отправит его снова.",
        success_text="Подпись клиента отклонена",
    ),
    "retry_archive": ButtonSpec(
        "Передать в архив снова", "archive", success_text="Пакет передается в архив снова"
    ),
    "cancel": ButtonSpec(
        "Отменить задание",
        "ban",
        "required",
        "Причина отмены",
        warning="Отправленный документ будет отозван, ссылка на идентификацию перестанет "
        "действовать. Отмену нельзя вернуть.",
        success_text="Задание отменено",
    ),
}
# The first button of the banner.
MAIN_BUTTONS = {
    Status.ON_APPROVAL: "approve",
    Status.APPROVAL_REJECTED: "resubmit",
    Status.AUTHORITY_REVIEW: "confirm_authority",
    Status.IDENTIFIED: "proceed",
    Status.IDENTIFICATION_FAILED: "restart_identification",
    Status.CABINET_FAILED: "retry_cabinet",
    Status.SIGNING_FAILED: "send_document",
    Status.SIGNATURE_REVIEW: "accept_signature",
    Status.ARCHIVE_FAILED: "retry_archive",
}
MENU_BUTTON = "cancel"


@dataclass(frozen=True)
class Button:
    """One action: a link to a page (``opens_page``), or a form with this button alone."""

    name: str
    label: str
    icon: str
    url: str
    opens_page: bool
    refusals: tuple[Refusal, ...] = ()

    @property
    def is_allowed(self) -> bool:
        return not self.refusals


@dataclass(frozen=True)
class Buttons:
    """All actions of one user on one task."""

    main: Button | None
    others: tuple[Button, ...]
    cancel: Button | None
    take_over: Button | None
    hand_over: Button | None


def build_buttons(task: SigningTask, user: User) -> Buttons:
    """What ``user`` can do, with the refusals of the guards.

    Transitions that ``user`` could never make are left out.
    """
    actors = guards.actors_of(user, task)
    by_name = {
        name: _build_button(task, name, actors)
        for name, transition in guards.transitions_from(task).items()
        if name in BUTTON_SPECS and actors & transition.actors
    }
    main = by_name.pop(MAIN_BUTTONS.get(Status(task.status), ""), None)
    cancel = by_name.pop(MENU_BUTTON, None)
    others = tuple(by_name[name] for name in BUTTON_SPECS if name in by_name)
    return Buttons(main, others, cancel, _build_take_over(task, user), _build_hand_over(task, user))


def _build_button(task: SigningTask, name: str, actors: frozenset[Actor]) -> Button:
    spec = BUTTON_SPECS[name]
    return Button(
        name=name,
        label=button_label(name, task),
        icon=spec.icon,
        url=reverse("tasks:transition", args=[task.number, name]),
        opens_page=spec.comment is not None,
        refusals=tuple(guards.refusals(task, name, actors)),
    )


def button_label(name: str, task: SigningTask) -> str:
    """The button's text: «Отправить снова» only if the document has been sent before."""
    if name == "send_document" and task.status == Status.CABINET_CREATED:
        return "Отправить документ"
    return BUTTON_SPECS[name].label


def _build_take_over(task: SigningTask, user: User) -> Button | None:
    if handover.take_refusals(task, user):
        return None
    url = reverse("tasks:take_over", args=[task.number])
    return Button("take", "Принять в работу", "user-plus", url, opens_page=False)


def _build_hand_over(task: SigningTask, user: User) -> Button | None:
    if handover.hand_over_refusals(task, user):
        return None
    url = reverse("tasks:hand_over", args=[task.number])
    return Button("hand", "Передать", "arrows-exchange", url, opens_page=True)
