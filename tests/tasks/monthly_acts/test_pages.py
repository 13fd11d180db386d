"""The pages of «Акты за месяц»: preparing, what was prepared, who has signed."""

import io
import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client as Browser
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from accounts.models import RoleGrant, User
from accounts.roles import Role
from clients.models import Client
from tasks.models import AgentList, BatchRow, DocumentKind, MonthlyAct, MonthlyActs, SigningTask
from tasks.monthly_acts import lists
from tasks.monthly_acts.table import build_table, list_months
from tasks.statuses import Status
from tests.support.batches.factories import BatchFactory, BatchRowFactory
from tests.support.batches.files import make_runner, make_template, upload_of, workbook_bytes
from tests.support.factories import SigningTaskFactory
from tests.support.people import People, browser_of
from tests.support.sandbox import Sandbox
from tests.tasks.monthly_acts.conftest import AddAgent

NOVEMBER = date(2026, 11, 1)


@pytest.fixture(autouse=True)
def november() -> Any:
    with time_machine.travel(datetime(2026, 11, 28, 9, tzinfo=UTC), tick=True):
        yield


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def make_act(
    agent_list: AgentList, agent: Client, status: Status | None, month: date = NOVEMBER
) -> SigningTask | None:
    """An act of the agent whose task has the status; None: the task is not made yet."""
    manager = agent_list.manager
    batch = BatchFactory(manager=manager)
    task = SigningTaskFactory(manager=manager, client=agent, status=status) if status else None
    row = BatchRowFactory(batch=batch, client=agent, task=task)
    acts = MonthlyActs.objects.create(agent_list=agent_list, month=month, batch=batch)
    MonthlyAct.objects.create(acts=acts, client=agent, month=month, row_number=row.number)
    return task


def test_a_manager_prepares_the_acts_of_a_month(set_up: Sandbox, add_agent_of: AddAgent) -> None:
    runner = make_runner()
    agent_list = lists.create_list(name="Агенты Орла", actor=runner)
    agent, left_out = add_agent_of(agent_list), add_agent_of(agent_list, has_contact=False)
    template = make_template(asked=("сумма",)).template
    DocumentKind.objects.filter(pk="acceptance").update(default_template=template)
    browser, address = browser_of(runner), f"/acts/{agent_list.pk}/prepare/"
    form = browser.get(address).context["form"]
    assert (form.initial["template"], form.initial["month"]) == (template, NOVEMBER)
    rows = [(agent.inn, "1000"), (left_out.inn, "1")]
    content = workbook_bytes(rows, ("ИНН", "Сумма"))
    region = runner.regions.get(name="Москва и Московская область")
    box = region.boxes.filter(active=True).order_by("pk")[0]
    values = {
        "submission_key": str(uuid.uuid4()),
        "task_type": "contractor",
        "month": "2026-11",
        "template": template.pk,
        "document_kind": "acceptance",
        "region": region.pk,
        "box": box.pk,
        "signatory": box.signatories.filter(key_ref="signer-ivanova").get().pk,
        "services": [service.pk for service in form.fields["services"].queryset[:1]],
    }
    future = browser.post(address, {**values, "month": "2026-12", "file": upload_of(content)})
    assert (future.status_code, "Этот месяц еще не начался" in text_of(future)) == (422, True)
    empty = upload_of(workbook_bytes([("x", "1")], ("ИНН", "Сумма")))
    refused = browser.post(address, {**values, "file": empty})
    assert (refused.status_code, MonthlyActs.objects.count()) == (422, 0)
    page = text_of(browser.post(address, {**values, "file": upload_of(content)}, follow=True))
    assert "Акты за ноябрь 2026 г." in page
    assert "Актов: 1." in page
    assert f"{left_out.inn}</span>: В карточке агента нет контактных данных." in page
    acts = MonthlyActs.objects.get()
    assert acts.batch.get_absolute_url() in page
    assert f"/acts/{agent_list.pk}/months/{acts.pk}/" in text_of(
        browser.get(agent_list.get_absolute_url())
    )


@pytest.fixture
def add_agent_of(add_agent: AddAgent) -> AddAgent:
    """`add_agent` for another list."""

    def add(agent_list: AgentList, **values: Any) -> Client:
        agent = add_agent(**values)
        lists.add_agents(agent_list=agent_list, inns=[agent.inn], actor=agent_list.manager)
        agent_list.members.filter(client=agent).update(account_number="850000000001")
        return agent

    return add


def test_preparing_takes_both_roles_and_the_own_list(people: People, agent_list: AgentList) -> None:
    address = f"/acts/{agent_list.pk}/prepare/"
    for who in ("owner", "mate", "lead", "administrator"):
        assert browser_of(people[who]).get(address).status_code == 403
    for who in ("owner", "mate"):
        RoleGrant.objects.create(user=people[who], role=Role.BATCH_RUNNER)
    codes = [browser_of(people[who]).get(address).status_code for who in ("owner", "mate")]
    assert codes == [200, 403]


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (Status.COMPLETED, "Подписан"),
        (Status.DOCUMENT_SIGNED, "Подписан"),
        (Status.DOCUMENT_SIGNING, "Не подписан"),
        (Status.SIGNING_FAILED, "Ошибка"),
        (Status.CANCELLED, "Отменен"),
        (None, "Готовится"),
    ],
)
def test_table_card_and_page_say_what_has_become_of_an_act(
    web: Browser, agent_list: AgentList, add_agent: AddAgent, status: Status | None, text: str
) -> None:
    agent = add_agent()
    task = make_act(agent_list, agent, status)
    acts = MonthlyActs.objects.get()
    addresses = [
        "/acts/table/",
        f"/acts/table/?list={agent_list.pk}&until=2026-12",
        f"/acts/{agent_list.pk}/months/{acts.pk}/",
        f"/manage/contractors/{agent.pk}/",
    ]
    for address in addresses:
        page = text_of(web.get(address))
        assert text in page, address
        assert task is None or task.get_absolute_url() in page


def test_the_table_has_a_column_a_month_and_a_total(
    web: Browser, agent_list: AgentList, add_agent: AddAgent
) -> None:
    first, second, without = add_agent(), add_agent(), add_agent()
    make_act(agent_list, first, Status.COMPLETED)
    make_act(agent_list, second, Status.DOCUMENT_SIGNING)
    make_act(agent_list, first, Status.COMPLETED, date(2026, 6, 1))
    agent_list.members.filter(client=second).delete()
    sheet = load_workbook(io.BytesIO(web.get("/acts/table.xlsx").content)).active
    assert sheet is not None
    headings, *rows = sheet.iter_rows(values_only=True)
    assert headings[:4] == ("Агент", "ИНН", "Списки", "12.2025")
    assert headings[-1] == "11.2026"
    assert [row[0] for row in rows] == [first.short_name, second.short_name, without.short_name]
    assert str(rows[0][9]).startswith("Подписан ")
    assert [row[-1] for row in rows[1:]] == ["Не подписан", "–"]
    page = text_of(web.get("/acts/table/"))
    assert "11.2026<small>1 из 2</small>" in page
    assert "05.2026" not in page
    assert "06.2026<small>1 из 1</small>" in page


@pytest.mark.parametrize("query", ["list=x&until=y", "list=999999999999999999999", "until=0001-01"])
def test_a_wrong_address_of_the_table_is_no_error(web: Browser, query: str) -> None:
    assert web.get(f"/acts/table/?{query}").status_code == 200
    assert web.get(f"/acts/table.xlsx?{query}").status_code == 200


def test_acts_are_seen_as_their_tasks_are(
    people: People, agent_list: AgentList, add_agent: AddAgent
) -> None:
    agent, handed_over = add_agent(), add_agent()
    make_act(agent_list, agent, Status.COMPLETED)
    task = make_act(agent_list, handed_over, Status.COMPLETED)
    neighbour = people["neighbour"]
    assert task is not None
    assert neighbour is not None
    SigningTask.objects.filter(pk=task.pk).update(manager=neighbour)
    seen = {}
    for who in ("owner", "lead", "head", "mate", "administrator", "colleague", "foreign_lead"):
        page = text_of(browser_of(people[who]).get("/acts/table/"))
        seen[who] = (agent.short_name in page, page.count("Подписан "))
    both, own, nothing = (True, 2), (True, 1), (False, 0)
    assert seen == {
        "owner": own,
        "lead": own,
        "head": own,
        "mate": own,
        "administrator": both,
        "colleague": nothing,
        "foreign_lead": nothing,
    }
    card = text_of(browser_of(people["colleague"]).get(f"/manage/contractors/{agent.pk}/"))
    assert "Акты за месяц" not in card


def test_the_queries_of_the_table_do_not_grow(
    owner: User,
    agent_list: AgentList,
    add_agent: AddAgent,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(5):
        make_act(agent_list, add_agent(accepts=False), Status.COMPLETED)
    visible = AgentList.objects.visible_to(owner)
    with django_assert_num_queries(5):
        table = build_table(visible, list_months(NOVEMBER, 12), owner)
    assert table.totals[-1] == (5, 5)


def test_rows_that_hold_somebody_else_are_no_act(
    web: Browser, agent_list: AgentList, add_agent: AddAgent
) -> None:
    agent, other = add_agent(), add_agent()
    make_act(agent_list, agent, None)
    BatchRow.objects.update(client=other)
    assert "Не сделан" in text_of(web.get("/acts/table/"))
