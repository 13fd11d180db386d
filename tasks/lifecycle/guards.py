"""Which transitions somebody may make now, and if not, why not.

Buttons, the banner of the card and `perform` use the same functions, so that what is shown and
what is allowed cannot differ.
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
from tasks.lifecycle import message_limit, preflight
from tasks.lifecycle.preflight import DOCUMENT_MISSING
from tasks.models import SigningTask
from tasks.statuses import Resolution, Status, resolutions_of
from tasks.transitions import Actor

TAKE_OVER = "Примите задание в работу."
REVOCATION_PENDING = Refusal(
    "revocation_pending", "Документ отзывается.", "Дождитесь, когда отзыв подтвердится."
)
SIGNED_BY_CLIENT = frozenset({SessionState.UNVERIFIED, SessionState.SIGNED})
HUMAN_ACTORS = frozenset({Actor.MANAGER, Actor.APPROVER, Actor.SUPPORT})

# The second argument is ``fresh``: True when the answer decides about a transition, so nothing may
# come from a cache.
Guard = Callable[[SigningTask, bool], list[Refusal]]


def actors_of(user: User, task: SigningTask) -> frozenset[Actor]:
    """The capacities in which ``user`` may act on ``task``.

    The task's manager acts as its manager. A team leader acts as approver on the tasks of their
    groups, but not on their own. An administrator acts as support.
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
class TransitionRule:
    """One transition of the table, for the current status of a task."""

    name: str
    actors: frozenset[Actor]


def transitions_from(task: SigningTask) -> dict[str, TransitionRule]:
    """The transitions that the table allows from the current status, by name."""
    return _transitions_from(task.status)


@cache
def _transitions_from(status: str) -> dict[str, TransitionRule]:
    # django-fsm adds this method to the class, where the type checker does not see it.
    transitions = SigningTask(status=status).get_available_status_transitions()  # type: ignore[attr-defined]
    return {
        transition.name: TransitionRule(transition.name, frozenset(transition.custom["actors"]))
        for transition in transitions
    }


def refusals(
    task: SigningTask, name: str, acting: frozenset[Actor], *, fresh: bool = False
) -> list[Refusal]:
    """Why somebody in the capacities ``acting`` cannot make the transition now; empty: they can.

    Expensive checks may be cached for up to 30 s; ``fresh`` skips the cache.
    """
    rule = transitions_from(task).get(name)
    if rule is None:
        text = f"Действие невозможно в статусе «{Status(task.status).label}»."
        return [Refusal("wrong_status", text)]
    if not acting & rule.actors:
        return [_wrong_actor_refusal(rule)]
    if task.withdrawal and acting & HUMAN_ACTORS:
        return [REVOCATION_PENDING]
    guard = GUARDS.get(name)
    reasons = guard(task, fresh) if guard else []
    if not reasons and acting & HUMAN_ACTORS and message_limit.is_repeating(task, name):
        return message_limit.refusals(task)
    return reasons


def require(task: SigningTask, name: str, acting: frozenset[Actor]) -> None:
    """Raises ActionRefused with the reasons that `refusals` finds now, if any."""
    if reasons := refusals(task, name, acting, fresh=True):
        raise ActionRefused(*reasons)


def _wrong_actor_refusal(rule: TransitionRule) -> Refusal:
    if Actor.MANAGER in rule.actors:
        return Refusal("only_task_manager", "Это делает менеджер задания.", TAKE_OVER)
    if Actor.APPROVER in rule.actors:
        text = "Это решает руководитель группы доступа, и не по своему заданию."
        return Refusal("only_approver", text)
    return Refusal("only_system", "Это действие система выполняет сама.")


def _submit(task: SigningTask, fresh: bool) -> list[Refusal]:
    return document_and_service_refusals(task) if task.seamless else []


def _proceed(task: SigningTask, fresh: bool) -> list[Refusal]:
    return document_and_service_refusals(task)


def document_and_service_refusals(task: SigningTask) -> list[Refusal]:
    """Why neither the seamless process nor «Продолжить» can go on; empty: they can."""
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
    if session is not None and session.state in SIGNED_BY_CLIENT:
        return []  # both sides have signed: nothing is sent any more
    return preflight.sending_refusals(task, fresh=fresh)


GUARDS: dict[str, Guard] = {
    "submit": _submit,
    "proceed": _proceed,
    "restart_identification": _restart_identification,
    "send_document": _send_document,
}


def check_resolution(status: str, resolution: str) -> None:
    """Raises ValueError when ``status`` cannot have ``resolution``: a bug of the caller."""
    if resolution and Resolution(resolution) not in resolutions_of(Status(status)):
        raise ValueError(f"{status} cannot have the resolution {resolution}.")
