"""«Акты за месяц» in Chromium: from an empty list to acts, on a phone without JavaScript; axe."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from clients.models import Client
from tasks.models import AgentList, Batch, MonthlyAct, MonthlyActs, SigningTask
from tasks.monthly_acts import lists
from tasks.monthly_acts.table import this_month
from tasks.statuses import Status
from tests.support.batches.factories import BatchFactory, BatchRowFactory
from tests.support.batches.files import make_runner, make_template, workbook_bytes
from tests.support.chromium.screens import Screens, assert_accessible
from tests.support.driver import run_everything
from tests.support.factories import SigningTaskFactory
from tests.support.factories_clients import ClientFactory, ContactFactory, person_inn
from tests.support.sandbox import Sandbox
from tests.tasks.batches.conftest import conversion
from tests.tasks.monthly_acts.conftest import account_of

__all__ = ["conversion"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AGENTS = 20
PHONE = {"viewport": {"width": 360, "height": 740}}


@pytest.fixture
def runner(set_up: Sandbox) -> User:
    return make_runner()


@pytest.fixture
def screens(live_server: LiveServer, browser: Browser) -> Iterator[Screens]:
    screens = Screens(live_server, browser)
    yield screens
    screens.close()


@pytest.fixture
def agents(runner: User) -> list[Client]:
    return [make_agent(number) for number in range(1, AGENTS + 1)]


def make_agent(number: int) -> Client:
    agent: Client = ClientFactory(
        kind=Client.Kind.INDIVIDUAL,
        inn=person_inn(number),
        short_name=f"Агентов {number:03} Иван Иванович",
        kpp="",
        ogrn="",
    )
    ContactFactory(client=agent)
    return agent


def test_from_an_empty_list_to_acts_on_a_phone_without_javascript(
    runner: User, agents: list[Client], screens: Screens, tmp_path: Path
) -> None:
    template = make_template(asked=("сумма", "период")).template
    headings = ("ИНН", "Лицевой счет", "Сумма")
    rows = [(agent.inn, account_of(agent), str(1000 + i)) for i, agent in enumerate(agents[1:])]
    file = tmp_path / "суммы.xlsx"
    file.write_bytes(workbook_bytes(rows, headings))
    page = screens.open("/acts/new/", runner, java_script_enabled=False, **PHONE)
    page.get_by_label("Название списка").fill("Агенты Тулы")
    page.get_by_role("button", name="Создать список").click()
    page.get_by_label("ИНН агентов").fill("\n".join(agent.inn for agent in agents))
    page.get_by_role("button", name="Добавить", exact=True).click()
    expect(page.get_by_text(f"Агентов: {AGENTS}.")).to_be_visible()
    expect(page.get_by_text("Личность агента не подтверждена.").first).to_be_visible()
    page.get_by_role("link", name="Подготовить акты").click()
    assert page.get_by_label("За какой месяц").input_value() == f"{this_month():%Y-%m}"
    page.get_by_label("Бланк", exact=True).select_option(label=template.name)
    region = page.get_by_label("Регион инсталляции", exact=True)
    region.select_option(label="Москва и Московская область")
    page.get_by_label("ЛК ЭДО", exact=True).select_option(index=1)
    page.get_by_label("Подписант", exact=True).select_option(label="Иванова Елена Викторовна")
    page.get_by_label("Интернет для бизнеса").check()
    page.set_input_files("input[type=file]", str(file))
    page.get_by_role("button", name="Подготовить акты").click()
    expect(page.get_by_text(f"Актов: {AGENTS - 1}.")).to_be_visible()
    left_out = page.get_by_role("listitem").filter(has_text=agents[0].inn)
    expect(left_out).to_contain_text("В файле нет строки с его ИНН.")
    page.get_by_role("link", name="Перейти к прогону").click()
    run_everything()
    assert {row.state for row in Batch.objects.get().rows.all()} == {"ready"}
    page.reload()
    page.get_by_role("button", name="Запустить").click()
    run_everything()
    page.goto("/acts/table/")
    expect(page.get_by_role("cell", name="Не подписан").first).to_be_visible()
    page.get_by_role("link", name="Не подписан").first.click()
    expect(page).to_have_url(SigningTask.objects.get(client=agents[1]).get_absolute_url())
    assert screens.errors == []


def test_every_page_is_accessible(runner: User, agents: list[Client], screens: Screens) -> None:
    agent_list = lists.create_list(name="Агенты Тулы", actor=runner)
    inns = [agent.inn for agent in agents[:3]]
    lists.add_agents(agent_list=agent_list, inns=inns, actor=runner)
    acts = make_acts(agent_list, agents[:2], this_month())
    page = screens.open("/acts/", runner)
    for address in (
        "/acts/",
        "/acts/new/",
        f"/acts/{agent_list.pk}/?q=агентов",
        f"/acts/{agent_list.pk}/prepare/",
        f"/acts/{agent_list.pk}/months/{acts.pk}/",
        "/acts/table/",
        f"/manage/contractors/{agents[0].pk}/",
    ):
        page.goto(address)
        assert_accessible(page)
    assert screens.errors == []


def make_acts(agent_list: AgentList, agents: list[Client], month: date) -> MonthlyActs:
    """A signed act of the first agent and one in work of each other."""
    batch = BatchFactory(manager=agent_list.manager)
    acts = MonthlyActs.objects.create(
        agent_list=agent_list,
        month=month,
        batch=batch,
        left_out=[{"name": "Агентов", "inn": person_inn(99), "text": "В файле нет строки."}],
    )
    statuses = [Status.COMPLETED, Status.DOCUMENT_SIGNING]
    for agent, status in zip(agents, statuses, strict=True):
        task = SigningTaskFactory(manager=agent_list.manager, client=agent, status=status)
        row = BatchRowFactory(batch=batch, client=agent, task=task)
        MonthlyAct.objects.create(acts=acts, client=agent, month=month, row_number=row.number)
    return acts
