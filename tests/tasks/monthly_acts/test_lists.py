"""Lists of agents: a manager keeps them, others who see the manager's tasks read them."""

import pytest
from django.test import Client as Browser

from accounts.models import User
from clients.models import Client
from econtract.platform.common.errors import ActionRefused
from tasks.models import AgentList, AgentListEvent
from tasks.monthly_acts import lists
from tests.support.factories import SigningTaskFactory, UserFactory
from tests.support.factories_clients import person_inn
from tests.support.people import People, browser_of
from tests.tasks.monthly_acts.conftest import AddAgent


def text_of(response: object) -> str:
    return " ".join(response.content.decode().split())  # type: ignore[attr-defined]


def test_a_manager_makes_and_fills_a_list(web: Browser, owner: User, add_agent: AddAgent) -> None:
    known, new = add_agent(), add_agent()
    created = web.post("/acts/new/", {"name": "Агенты Орла"}, follow=True)
    agent_list = AgentList.objects.get(name="Агенты Орла")
    assert created.redirect_chain[-1][0] == f"/acts/{agent_list.pk}/"
    SigningTaskFactory(manager=owner, client=new, account_number="850000000001")
    numbers = f"{known.inn}; {new.inn}\n{person_inn(77)},{new.inn}"
    page = text_of(web.post(f"/acts/{agent_list.pk}/add/", {"inns": numbers}, follow=True))
    assert "2 агента добавлено" in page
    assert f"Агентов с такими ИНН в «Управлении» нет: {person_inn(77)}" in page
    accounts = agent_list.members.order_by("pk").values_list("client__inn", "account_number")
    assert dict(accounts) == {known.inn: "", new.inn: "850000000001"}
    again = text_of(web.post(f"/acts/{agent_list.pk}/add/", {"inns": known.inn}, follow=True))
    assert "Уже были в списке: 1" in again
    member = agent_list.members.get(client=known)
    web.post(f"/acts/{agent_list.pk}/agents/{member.pk}/remove/")
    web.post(f"/acts/{agent_list.pk}/agents/{member.pk}/remove/")
    web.post(f"/acts/{agent_list.pk}/rename/", {"name": "Орел"})
    kinds = list(agent_list.events.order_by("pk").values_list("kind", "detail"))
    assert kinds == [
        ("created", "Агенты Орла"),
        ("added", "Агентов: 2"),
        ("removed", known.inn),
        ("renamed", "Орел"),
    ]
    assert "Орел" in text_of(web.get("/acts/"))


def test_the_page_says_who_gets_no_act_first(
    web: Browser, agent_list: AgentList, add_agent: AddAgent
) -> None:
    ready, stopped = add_agent(), add_agent(has_contact=False)
    warned = add_agent(is_identified=False)
    page = text_of(web.get(f"/acts/{agent_list.pk}/"))
    assert "Акта не будет у 1" in page
    assert "В карточке агента нет контактных данных. Откройте карточку и заполните их." in page
    assert "предупредите агента о СМС со ссылкой на Госуслуги" in page
    order = sorted((stopped, warned, ready), key=lambda agent: page.index(agent.short_name))
    assert order == [stopped, warned, ready]


def test_agents_are_found_by_name(web: Browser, agent_list: AgentList, add_agent: AddAgent) -> None:
    member = add_agent(short_name="Сидоров Петр")
    other = add_agent(short_name="Сидоров Иван")
    agent_list.members.filter(client=other).delete()
    page = text_of(web.get(f"/acts/{agent_list.pk}/?q=сидоров"))
    assert f"{member.inn}, уже в списке" in page
    assert f"Добавить: {other.short_name}" in page
    assert f"Добавить: {member.short_name}" not in page
    assert "Агент не найден" in text_of(web.get(f"/acts/{agent_list.pk}/?q=никого"))


@pytest.mark.parametrize("who", ["lead", "head", "mate", "administrator"])
def test_others_read_a_list_and_do_not_change_it(
    people: People, agent_list: AgentList, add_agent: AddAgent, who: str
) -> None:
    member = agent_list.members.get(client=add_agent())
    browser, address = browser_of(people[who]), f"/acts/{agent_list.pk}/"
    page = text_of(browser.get(address))
    assert "Агент 001" in page
    assert "Убрать" not in page
    for path in ("add/", "rename/", "close/", f"agents/{member.pk}/remove/"):
        browser.post(f"{address}{path}", {"name": "x", "inns": member.client.inn})
    agent_list.refresh_from_db()
    assert (agent_list.name, agent_list.closed_at) == ("Агенты Тулы", None)
    assert agent_list.members.count() == 1


def test_a_manager_without_the_type_keeps_no_lists(people: People) -> None:
    manager = UserFactory(roles=["manager"], types=["legal"])
    assert browser_of(manager).get("/acts/new/").status_code == 403
    with pytest.raises(ActionRefused, match="доступ «ДГПХ»"):
        lists.create_list(name="Мой", actor=manager)


@pytest.mark.parametrize("name", ["", "Агенты Тулы", "x" * 121])
def test_a_wrong_name_is_refused(web: Browser, agent_list: AgentList, name: str) -> None:
    assert web.post("/acts/new/", {"name": name}).status_code == 422
    assert AgentList.objects.count() == 1


def test_a_list_has_a_limit(
    monkeypatch: pytest.MonkeyPatch, web: Browser, agent_list: AgentList, add_agent: AddAgent
) -> None:
    add_agent()
    outside = add_agent()
    agent_list.members.filter(client=outside).delete()
    monkeypatch.setattr(lists, "MAX_MEMBERS", 1)
    refused = web.post(f"/acts/{agent_list.pk}/add/", {"inns": outside.inn})
    assert refused.status_code == 422
    assert outside.inn in text_of(refused)
    assert agent_list.members.count() == 1


def test_a_closed_list_is_gone_and_its_name_free(web: Browser, agent_list: AgentList) -> None:
    web.post(f"/acts/{agent_list.pk}/close/")
    assert web.get(f"/acts/{agent_list.pk}/").status_code == 404
    assert web.post("/acts/new/", {"name": agent_list.name}).status_code == 302


def test_an_agent_may_be_in_two_lists_and_leaves_both_when_deleted(
    owner: User, agent_list: AgentList, add_agent: AddAgent
) -> None:
    agent = add_agent(has_contact=False)
    other = lists.create_list(name="Вторая", actor=owner)
    assert lists.add_agents(agent_list=other, inns=[agent.inn], actor=owner).added == 1
    Client.objects.get(pk=agent.pk).delete()
    assert (agent_list.members.count(), other.members.count()) == (0, 0)
    assert AgentListEvent.objects.filter(kind="added").count() == 2
