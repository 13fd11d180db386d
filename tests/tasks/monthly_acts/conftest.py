"""Agents with cards, and a list of them."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from clients.models import Client
from econtract.platform.common import clock
from edo.channels.simple.agreements import get_texts_in_force
from edo.models import AgreementAcceptance
from tasks.models import AgentList
from tasks.monthly_acts import lists
from tests.support.batches.files import PREFIX
from tests.support.factories import SimpleSigningFactory
from tests.support.factories_clients import ClientFactory, ContactFactory, person_inn

AddAgent = Callable[..., Client]


@pytest.fixture
def agent_list(owner: User) -> AgentList:
    return lists.create_list(name="Агенты Тулы", actor=owner)


@pytest.fixture
def add_agent(agent_list: AgentList) -> AddAgent:
    """Add an agent to the list: identified, with the texts accepted, unless told otherwise."""
    numbers = iter(range(1, 10_000))

    def add(
        *,
        has_contact: bool = True,
        is_identified: bool = True,
        accepts: bool = True,
        account_number: str | None = None,
        **values: Any,
    ) -> Client:
        number = next(numbers)
        values = {"inn": person_inn(number), "short_name": f"Агент {number:03}", **values}
        agent: Client = ClientFactory(kind=Client.Kind.INDIVIDUAL, kpp="", ogrn="", **values)
        if has_contact:
            contact = ContactFactory(client=agent)
            contact.identified_at = clock.now() if is_identified else None
            contact.save()
            for text in get_texts_in_force() if accepts else ():
                AgreementAcceptance.objects.create(
                    contact=contact, text=text, signing=SimpleSigningFactory()
                )
        lists.add_agents(agent_list=agent_list, inns=[agent.inn], actor=agent_list.manager)
        account = account_of(agent) if account_number is None else account_number
        agent_list.members.filter(client=agent).update(account_number=account)
        return agent

    return add


def account_of(agent: Client) -> str:
    """The account that ЕИП knows as the agent's."""
    return PREFIX + agent.inn[:9]
