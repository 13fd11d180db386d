"""What a person or the system may do to a task now, and if not, why, in words.

Buttons, the card's "what next" and the door all ask here: what is shown and what is allowed
cannot differ.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from accounts.models import User
from accounts.roles import Permission
from accounts.visibility import managers_headed_by
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.refusals import Refusal
from edo.channels.protocol import SessionState
from tasks import channels
from tasks.lifecycle import preflight
from tasks.lifecycle.preflight import DOCUMENT_MISSING
from tasks.models import SigningTask
from tasks.statuses import Resolution, Status, resolutions_of
from tasks.transitions import Actor

TAKE_OVER = "Примите задание в работу."
REVOCATION_PENDING = Refusal(
    "revocation_pending", "Документ отзывается у оператора.", "Дождитесь ответа."
)
PEOPLE = frozenset({Actor.MANAGER, Actor.APPROVER, Actor.SUPPORT})

# With True nothing may be remembered: the answer lets a transition through.
Guard = Callable[[SigningTask, bool], list[Refusal]]


def actors_of(user: User, task: SigningTask) -> frozenset[Actor]:
    """In what capacities ``user`` may act on ``task``.

    A task's manager acts as its manager. A head acts as approver on the tasks of his groups, but
    not on his own. An administrator stands in for support.
    """
    capacities: set[Actor] = set()
    if task.manager_id == user.pk and user.has_permission(Permission.WORK_TASKS):
        capacities.add(Actor.MANAGER)
    if (
        task.manager_id != user.pk
        and user.has_permission(Permission.APPROVE)
        and task.manager_id in managers_headed_by(user)
    ):
        capacities.add(Actor.APPROVER)
    if user.is_administrator:
        capacities.add(Actor.SUPPORT)
    return frozenset(capacities)


@dataclass(frozen=True)
class Move:
    """One transition as the table has it for the task's present status."""

    name: str
    actors: frozenset[Actor]


def moves_from(task: SigningTask) -> dict[str, Move]:
    """The transitions that the table allows from the present status, by name."""
    return _moves_from(task.status)


@cache
def _moves_from(status: str) -> dict[str, Move]:
    # The state machine adds this method to the class, where the type checker does not see it.
    found = SigningTask(status=status).get_available_status_transitions()  # type: ignore[attr-defined]
    return {move.name: Move(move.name, frozenset(move.custom["actors"])) for move in found}


def refusals(
    task: SigningTask, name: str, acting: frozenset[Actor], *, fresh: bool = False
) -> list[Refusal]:
    """Why ``name`` cannot be done now by somebody acting as any of ``acting``; empty: it can.

    Without ``fresh`` what is dear to find out may be as of half a minute ago.
    """
    move = moves_from(task).get(name)
    if move is None:
        text = f"Действие невозможно в статусе «{Status(task.status).label}»."
        return [Refusal("wrong_status", text)]
    if not acting & move.actors:
        return [_wrong_actor(move)]
    if task.withdrawal and acting & PEOPLE:
        return [REVOCATION_PENDING]
    guard = GUARDS.get(name)
    return guard(task, fresh) if guard else []


def require(task: SigningTask, name: str, acting: frozenset[Actor]) -> None:
    """Raises ActionRefused with the reasons that `refusals` finds now, if any."""
    if reasons := refusals(task, name, acting, fresh=True):
        raise ActionRefused(*reasons)


def _wrong_actor(move: Move) -> Refusal:
    if Actor.MANAGER in move.actors:
        return Refusal("only_task_manager", "Это делает менеджер задания.", TAKE_OVER)
    if Actor.APPROVER in move.actors:
        text = "Это решает руководитель группы доступа, и не по своему заданию."
        return Refusal("only_approver", text)
    return Refusal("only_system", "Это действие система выполняет сама.")


def _submit(task: SigningTask, fresh: bool) -> list[Refusal]:
    return needs_document_and_service(task) if task.seamless else []


def _proceed(task: SigningTask, fresh: bool) -> list[Refusal]:
    return needs_document_and_service(task)


def needs_document_and_service(task: SigningTask) -> list[Refusal]:
    """What the seamless process, and «Продолжить», want to be there."""
    reasons = []
    if task.document_version is None:
        reasons.append(DOCUMENT_MISSING)
    if not task.services.exists():
        reasons.append(Refusal("service_missing", "Выберите хотя бы одну услугу."))
    return reasons


def _restart_identification(task: SigningTask, fresh: bool) -> list[Refusal]:
    if task.approval_needed and not task.approved:
        text, fix = "Задание еще не согласовано.", "Отправьте его на согласование."
        return [Refusal("not_approved", text, fix)]
    return []


def _send_document(task: SigningTask, fresh: bool) -> list[Refusal]:
    session = channels.get_session(task)
    if session is not None and session.state == SessionState.SIGNED:
        return []  # both sides have signed: nothing is sent any more
    return preflight.refusals_of_sending(task, fresh=fresh)


GUARDS: dict[str, Guard] = {
    "submit": _submit,
    "proceed": _proceed,
    "restart_identification": _restart_identification,
    "send_document": _send_document,
}


def check_resolution(status: str, resolution: str) -> None:
    """Raises ValueError when ``status`` cannot carry ``resolution``: a fault of the caller."""
    if resolution and Resolution(resolution) not in resolutions_of(Status(status)):
        raise ValueError(f"{status} does not carry the resolution {resolution}.")
