"""«Почему видно / не видно»: what one user sees and can do with one task, and why.

This module has no rules of its own: it calls the functions that the lists, the card and the actions
call, and collects the results.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from accounts.models import AccessGroup, User
from accounts.roles import Role
from accounts.visibility import Grant, missing_grants, visibility_of
from econtract.platform.common.refusals import Refusal
from tasks.actions import handover
from tasks.actions.account import account_refusals, fraud_check_refusals
from tasks.actions.comments import comment_refusals
from tasks.actions.contact import contact_refusals
from tasks.actions.document import document_refusals
from tasks.lifecycle import guards
from tasks.models import SigningTask
from tasks.screens.card.buttons import BUTTON_SPECS, button_label

APPROVE = "approve"


@dataclass(frozen=True)
class ActionCheck:
    """Whether the user can do an action: they can if there are no ``refusals``."""

    label: str
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True)
class VisibilityReport:
    """Whether the user sees the task, and the Russian sentences that say why or why not.

    ``checks`` are empty if they do not see it, as they can do nothing with it then.
    """

    is_visible: bool
    reasons: tuple[str, ...]
    checks: tuple[ActionCheck, ...] = ()


def build_visibility_report(user: User, task: SigningTask) -> VisibilityReport:
    """Builds the report as of now."""
    if SigningTask.objects.visible_to(user).filter(pk=task.pk).exists():
        grants = visibility_of(user).grants_for(task.manager_id)
        return VisibilityReport(
            True, tuple(_describe_grants(grants)), tuple(_check_actions(user, task))
        )
    return VisibilityReport(False, tuple(_describe_missing_conditions(user, task.manager)))


def _describe_grants(grants: list[Grant]) -> Iterator[str]:
    groups = AccessGroup.objects.in_bulk([grant.group_id for grant in grants if grant.group_id])
    for grant in grants:
        if grant.group_id:
            yield f"{grant.reason.value}: «{groups[grant.group_id]}»."
        else:
            yield grant.reason.value


def _describe_missing_conditions(user: User, manager: User) -> Iterator[str]:
    if not user.is_active:
        yield "Вход ему закрыт: заблокированный не видит ничего."
    if not user.role_codes:
        yield "У него нет ни одной роли."
    if user == manager and Role.MANAGER not in user.role_codes:
        yield "Это его задание, но роли «Менеджер» у него нет."
    missing = missing_grants(user, manager)
    for grant in missing:
        yield f"Группа «{grant.group}»: {grant.reason}."
    if user != manager and not missing:
        yield f"С менеджером задания ({manager}) у него нет общей группы доступа."


def _check_actions(user: User, task: SigningTask) -> Iterator[ActionCheck]:
    yield ActionCheck("Открыть карточку, скачать документы, выгрузить")
    for label, find_refusals in (
        ("Принять в работу", handover.take_refusals),
        ("Передать", handover.hand_over_refusals),
        ("Написать комментарий", comment_refusals),
        ("Изменить контактное лицо", contact_refusals),
        ("Заменить документ", document_refusals),
        ("Изменить лицевой счет", account_refusals),
        ("Отметить проверку клиента", fraud_check_refusals),
    ):
        yield ActionCheck(label, tuple(find_refusals(task, user)))
    transitions, actors = guards.transitions_from(task), guards.actors_of(user, task)
    for name in BUTTON_SPECS:
        if name in transitions or name == APPROVE:
            refusals = guards.refusals(task, name, actors)
            yield ActionCheck(button_label(name, task), tuple(refusals))
