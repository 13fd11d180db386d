"""Everything that changes a list of agents; each change is recorded (`AgentListEvent`)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import OuterRef, Subquery

from accounts.models import User
from accounts.roles import Permission, TaskType
from clients.models import Client
from econtract.platform.common import clock
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.refusals import Refusal
from tasks.models import AgentList, AgentListEvent, AgentListMember, SigningTask

# As many acts as one batch may have by default.
MAX_MEMBERS = 5000
FORBIDDEN = Refusal(
    "agent_lists_forbidden",
    "Недостаточно прав, чтобы вести списки агентов.",
    "Нужны роль «Менеджер» и доступ «ДГПХ».",
)
NOT_OWN = Refusal("agent_list_of_another", "Список ведет менеджер, который его создал.")
NAME_IN_USE = Refusal(
    "agent_list_name_in_use", "У вас уже есть список с таким названием.", "Назовите его иначе."
)
TOO_MANY = Refusal(
    "agent_list_too_long", f"В списке не может быть больше {MAX_MEMBERS} агентов.", "Заведите еще."
)


@dataclass(frozen=True)
class Addition:
    """What became of the ИНН that were to be added."""

    added: int
    known: int
    unknown: tuple[str, ...]


def may_keep_lists(user: User) -> bool:
    """Whether ``user`` may have lists of agents."""
    return user.has_permission(Permission.CREATE_TASKS) and TaskType.CONTRACTOR in user.task_types


@transaction.atomic
def create_list(*, name: str, actor: User) -> AgentList:
    """Raises ActionRefused if the name is in use, or ``actor`` may keep no lists."""
    if not may_keep_lists(actor):
        raise ActionRefused(FORBIDDEN)
    _require_free_name(name, actor)
    agent_list = AgentList.objects.create(name=name, manager=actor)
    record(agent_list, AgentListEvent.Kind.CREATED, actor, name)
    return agent_list


@transaction.atomic
def rename_list(*, agent_list: AgentList, name: str, actor: User) -> None:
    """Raises ActionRefused."""
    agent_list = lock_list(agent_list, actor)
    if name == agent_list.name:
        return
    _require_free_name(name, actor)
    agent_list.name = name
    agent_list.save(update_fields=["name"])
    record(agent_list, AgentListEvent.Kind.RENAMED, actor, name)


@transaction.atomic
def close_list(*, agent_list: AgentList, actor: User) -> None:
    """The list disappears; the acts that were made from it stay. Raises ActionRefused."""
    agent_list = lock_list(agent_list, actor)
    agent_list.closed_at = clock.now()
    agent_list.save(update_fields=["closed_at"])
    record(agent_list, AgentListEvent.Kind.CLOSED, actor)


@transaction.atomic
def add_agents(*, agent_list: AgentList, inns: Iterable[str], actor: User) -> Addition:
    """Adds the agents with these ИНН; those who are in the list already stay as they are.

    The account of each is that of their last task. Raises ActionRefused, and adds nobody then.
    """
    agent_list = lock_list(agent_list, actor)
    wanted = list(dict.fromkeys(inns))
    last_task = SigningTask.objects.filter(client=OuterRef("pk")).order_by("-created_at")
    agents = {
        agent.inn: agent
        for agent in Client.objects.filter(
            kind=Client.Kind.INDIVIDUAL, inn__in=wanted[: MAX_MEMBERS + 1]
        ).annotate(last_account=Subquery(last_task.values("account_number")[:1]))
    }
    present = set(agent_list.members.values_list("client_id", flat=True))
    new = [agent for agent in agents.values() if agent.pk not in present]
    if len(present) + len(new) > MAX_MEMBERS:
        raise ActionRefused(TOO_MANY)
    AgentListMember.objects.bulk_create(
        [
            AgentListMember(
                agent_list=agent_list, client=agent, account_number=agent.last_account or ""
            )
            for agent in new
        ]
    )
    if new:
        detail = new[0].inn if len(new) == 1 else f"Агентов: {len(new)}"
        record(agent_list, AgentListEvent.Kind.ADDED, actor, detail)
    unknown = tuple(inn for inn in wanted if inn not in agents)
    return Addition(added=len(new), known=len(agents) - len(new), unknown=unknown)


@transaction.atomic
def remove_agent(*, agent_list: AgentList, member_id: int, actor: User) -> bool:
    """False if somebody has removed the agent already. Raises ActionRefused."""
    agent_list = lock_list(agent_list, actor)
    member = agent_list.members.select_related("client").filter(pk=member_id).first()
    if member is None:
        return False
    member.delete()
    record(agent_list, AgentListEvent.Kind.REMOVED, actor, member.client.inn)
    return True


def split_inns(text: str) -> list[str]:
    """The ИНН of a text, one a line or separated by commas, semicolons or spaces."""
    return [part for part in re.split(r"[\s,;]+", text) if part]


def lock_list(agent_list: AgentList, actor: User) -> AgentList:
    """The list as it is now, locked. Raises ActionRefused for anybody but its manager."""
    if not may_keep_lists(actor):
        raise ActionRefused(FORBIDDEN)
    locked = AgentList.objects.select_for_update().get(pk=agent_list.pk)
    if locked.manager_id != actor.pk:
        raise ActionRefused(NOT_OWN)
    return locked


def record(agent_list: AgentList, kind: str, actor: User, detail: str = "") -> None:
    AgentListEvent.objects.create(
        agent_list=agent_list, kind=kind, actor=actor, detail=detail[:300]
    )


def _require_free_name(name: str, actor: User) -> None:
    if AgentList.objects.filter(manager=actor, name=name, closed_at=None).exists():
        raise ActionRefused(NAME_IN_USE)
