"""«Почему видно / не видно»: what the product itself answers about one person and one task.

There is no second rule here. Whether the task is seen, and what may be done with it, is asked of
the very functions that list, card and actions ask; this module only puts the answers side by side.
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
from tasks.screens.card.buttons import WORDINGS, label_of

APPROVE = "approve"


@dataclass(frozen=True)
class Verdict:
    """One action; without ``reasons`` the person may."""

    label: str
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True)
class Answer:
    """Whether the person sees the task, by which rules or for want of what, and what he may."""

    seen: bool
    because: tuple[str, ...]
    verdicts: tuple[Verdict, ...]


def answer(user: User, task: SigningTask) -> Answer:
    """The answer as of now; whoever does not see the task may nothing, so no actions are listed."""
    if SigningTask.objects.visible_to(user).filter(pk=task.pk).exists():
        because = tuple(_explain_grants(visibility_of(user).grants_to(task.manager_id)))
        return Answer(True, because, tuple(_verdicts(user, task)))
    return Answer(False, tuple(_what_lacks(user, task.manager)), ())


def _explain_grants(grants: list[Grant]) -> Iterator[str]:
    groups = AccessGroup.objects.in_bulk([grant.group_id for grant in grants if grant.group_id])
    for grant in grants:
        if grant.group_id:
            yield f"{grant.rule.value}: «{groups[grant.group_id]}»."
        else:
            yield grant.rule.value


def _what_lacks(user: User, manager: User) -> Iterator[str]:
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


def _verdicts(user: User, task: SigningTask) -> Iterator[Verdict]:
    yield Verdict("Открыть карточку, скачать документы, выгрузить")
    for label, refusals in (
        ("Принять в работу", handover.take_refusals),
        ("Передать", handover.hand_refusals),
        ("Написать комментарий", comment_refusals),
        ("Изменить контактное лицо", contact_refusals),
        ("Заменить документ", document_refusals),
        ("Изменить лицевой счет", account_refusals),
        ("Отметить проверку клиента", fraud_check_refusals),
    ):
        yield Verdict(label, tuple(refusals(task, user)))
    possible, capacities = guards.moves_from(task), guards.actors_of(user, task)
    for name in WORDINGS:
        if name in possible or name == APPROVE:
            reasons = guards.refusals(task, name, capacities)
            yield Verdict(label_of(name, task), tuple(reasons))
