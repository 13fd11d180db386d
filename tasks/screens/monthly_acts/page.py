"""What the page of a list shows."""

from dataclasses import dataclass

from django.urls import reverse

from clients.models import Client
from clients.models.formats import display_phone
from econtract.platform.common.refusals import Refusal
from tasks.models import AgentList, AgentListMember
from tasks.monthly_acts.readiness import AgentReadiness, check_agents

MAX_FOUND = 10


@dataclass(frozen=True)
class AgentRow:
    """An agent of the list. ``badge`` is a kind of the `badge` component."""

    member_id: int
    name: str
    inn: str
    url: str
    phone: str
    account_number: str
    badge: str
    state: str
    notes: tuple[Refusal, ...]


@dataclass(frozen=True)
class FoundAgent:
    """An agent whom the search has found."""

    name: str
    inn: str
    is_member: bool


def build_agent_rows(agent_list: AgentList) -> list[AgentRow]:
    """All agents: first those for whom no act is made, then those to be warned, then by name."""
    members = agent_list.members.select_related("client").order_by("client__name_key", "pk")
    agents = sorted(check_agents(members), key=lambda a: (not a.problems, not a.warnings))
    return [_build_row(agent) for agent in agents]


def _build_row(agent: AgentReadiness) -> AgentRow:
    if agent.problems:
        badge, state = "error", "Акта не будет"
    elif agent.warnings:
        badge, state = "action", "Предупредите"
    else:
        badge, state = "done", "Готов"
    return AgentRow(
        member_id=agent.member.pk,
        name=agent.client.short_name,
        inn=agent.client.inn,
        url=build_agent_url(agent.client.pk),
        phone=display_phone(agent.contact.phone) if agent.contact else "",
        account_number=agent.member.account_number,
        badge=badge,
        state=state,
        notes=(*agent.problems, *agent.warnings),
    )


def build_agent_url(client_id: int) -> str:
    return reverse("clients:card", args=["contractors", client_id])


def find_agents(agent_list: AgentList, query: str) -> list[FoundAgent]:
    """The agents that match ``query`` best, to be added."""
    if not query:
        return []
    found = list(Client.objects.filter(kind=Client.Kind.INDIVIDUAL).search(query)[:MAX_FOUND])
    members = AgentListMember.objects.filter(agent_list=agent_list, client__in=found)
    present = set(members.values_list("client_id", flat=True))
    return [FoundAgent(row.short_name, row.inn, row.pk in present) for row in found]
