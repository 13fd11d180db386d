"""«Подготовить акты»: who gets an act, who does not and why, and that nobody gets two."""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from archive.models import TemplateField, TemplateVersion
from clients.models import Client
from econtract.platform.common.errors import ActionRefused
from tasks.batches import actions
from tasks.batches.uploads import create_batch
from tasks.models import AgentList, Batch, BatchRow, MonthlyAct, MonthlyActs, SigningTask
from tasks.monthly_acts import lists, preparing
from tasks.monthly_acts.preparing import prepare_acts
from tasks.monthly_acts.readiness import NO_CONTACT
from tasks.statuses import Status
from tests.support.batches.factories import BatchFactory
from tests.support.batches.files import (
    batch_data,
    make_runner,
    make_template,
    upload_of,
    workbook_bytes,
)
from tests.support.driver import run_everything
from tests.support.factories import SigningTaskFactory
from tests.support.factories_clients import person_inn
from tests.support.sandbox import Sandbox
from tests.tasks.monthly_acts.conftest import AddAgent, account_of

NOVEMBER, OCTOBER = date(2026, 11, 1), date(2026, 10, 1)
HEADINGS = ("ИНН", "Сумма")

Prepare = Callable[..., MonthlyActs]


@pytest.fixture
def runner(set_up: Sandbox) -> User:
    return make_runner()


@pytest.fixture
def agent_list(runner: User) -> AgentList:
    return lists.create_list(name="Агенты Тулы", actor=runner)


@pytest.fixture
def version(agent_list: AgentList) -> TemplateVersion:
    return make_template(asked=("сумма", "период"))


@pytest.fixture
def prepare(agent_list: AgentList, version: TemplateVersion) -> Prepare:
    """Prepare the acts of November for rows of ИНН and amount."""

    def prepare(*rows: tuple[Any, ...], **values: Any) -> MonthlyActs:
        content = workbook_bytes(rows, values.pop("headings", HEADINGS))
        return prepare_acts(
            **{
                "agent_list": agent_list,
                "month": NOVEMBER,
                "data": batch_data(version),
                "upload": upload_of(content),
                "submission_key": uuid.uuid4(),
                "actor": agent_list.manager,
                **values,
            }
        )

    return prepare


def reasons(acts: MonthlyActs) -> dict[str, str]:
    return {item["inn"]: item["text"] for item in acts.left_out}


def test_agents_with_an_amount_become_rows_of_a_batch(
    add_agent: AddAgent, prepare: Prepare
) -> None:
    first, second = add_agent(), add_agent()
    acts = prepare((second.inn, "1500,50"), (first.inn, "2000"))
    assert acts.left_out == []
    assert list(acts.items.order_by("row_number").values_list("client", "row_number")) == [
        (first.pk, 2),
        (second.pk, 3),
    ]
    run_everything()
    rows = list(acts.batch.rows.order_by("number"))
    assert [row.state for row in rows] == [BatchRow.State.READY] * 2, [r.problems for r in rows]
    assert [row.client for row in rows] == [first, second]
    assert rows[0].fields["document_number"] == f"{account_of(first)}-11.2026"
    assert rows[0].fields["asked"] == {"сумма": "2000", "период": "ноябрь 2026 г."}


def test_whoever_gets_no_act_is_named_with_the_reason(
    agent_list: AgentList, add_agent: AddAgent, prepare: Prepare
) -> None:
    ready, no_amount, twice = add_agent(), add_agent(), add_agent()
    no_contact, no_account = add_agent(has_contact=False), add_agent(account_number="")
    stranger = person_inn(99)
    amounts = [ready, twice, twice, no_contact, no_account]
    acts = prepare(*((agent.inn, "1000") for agent in amounts), (stranger, "1"))
    assert reasons(acts) == {
        no_amount.inn: "В файле нет строки с его ИНН.",
        twice.inn: "ИНН повторяется в строках файла 3, 4. Оставьте одну.",
        no_contact.inn: NO_CONTACT.message,
        no_account.inn: "Лицевого счета нет. Добавьте в файл столбец «Лицевой счет».",
        stranger: "Агента из строки 7 в списке нет. Добавьте его в список или удалите строку.",
    }
    assert acts.items.get().client == ready
    assert agent_list.events.first().detail == "ноябрь 2026 г.: 1, без акта 5"


@pytest.mark.parametrize(
    ("cell", "text"),
    [("", "«Сумма»: нет значения."), ("=1+1", "«Сумма»: в ячейке формула")],
)
def test_a_wrong_cell_leaves_the_agent_out(
    add_agent: AddAgent, prepare: Prepare, cell: str, text: str
) -> None:
    good, bad = add_agent(), add_agent()
    acts = prepare((good.inn, "1"), (bad.inn, cell))
    assert text in reasons(acts)[bad.inn]


def test_an_account_in_the_file_is_used_and_kept_for_the_next_month(
    agent_list: AgentList, add_agent: AddAgent, prepare: Prepare
) -> None:
    agent = add_agent(account_number="")
    account = account_of(agent)
    prepare((agent.inn, "1", account), headings=(*HEADINGS, "Лицевой счет"))
    assert agent_list.members.get().account_number == account
    acts = prepare((agent.inn, "1"), month=OCTOBER)
    assert acts.items.count() == 1


def test_a_second_preparation_makes_acts_for_the_others_only(
    agent_list: AgentList, add_agent: AddAgent, prepare: Prepare
) -> None:
    first, late = add_agent(), add_agent()
    prepare((first.inn, "1"))
    acts = prepare((first.inn, "1"), (late.inn, "1"))
    assert [item.client for item in acts.items.all()] == [late]
    assert reasons(acts) == {first.inn: "Акт за этот месяц уже есть."}
    with pytest.raises(ActionRefused, match="Ни один агент") as caught:
        prepare((first.inn, "1"), (late.inn, "1"))
    assert caught.value.refusals[0].code == "acts_for_nobody"
    assert Batch.objects.count() == 2


def test_a_click_repeated_finds_the_acts_that_exist(add_agent: AddAgent, prepare: Prepare) -> None:
    key, agent = uuid.uuid4(), add_agent()
    acts = prepare((agent.inn, "1"), submission_key=key)
    assert prepare((agent.inn, "1"), submission_key=key) == acts
    assert (Batch.objects.count(), MonthlyAct.objects.count()) == (1, 1)


def test_an_agent_of_two_lists_gets_one_act_a_month(
    agent_list: AgentList, add_agent: AddAgent, prepare: Prepare
) -> None:
    agent = add_agent()
    manager = agent_list.manager
    other = lists.create_list(name="Вторая", actor=manager)
    lists.add_agents(agent_list=other, inns=[agent.inn], actor=manager)
    other.members.update(account_number=account_of(agent))
    acts = prepare((agent.inn, "1"))
    with pytest.raises(ActionRefused, match="Акт за этот месяц уже есть"):
        prepare((agent.inn, "1"), agent_list=other)
    assert prepare((agent.inn, "1"), agent_list=other, month=OCTOBER).items.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        MonthlyAct.objects.create(acts=acts, client=agent, month=NOVEMBER, row_number=9)


def test_two_preparations_at_once_leave_one_act(
    monkeypatch: pytest.MonkeyPatch, agent_list: AgentList, add_agent: AddAgent, prepare: Prepare
) -> None:
    agent = add_agent()

    def create_batch_late(**values: Any) -> Batch:
        """Another list is faster between the plan and the claim."""
        batch = BatchFactory(manager=agent_list.manager)
        acts = MonthlyActs.objects.create(agent_list=agent_list, month=NOVEMBER, batch=batch)
        MonthlyAct.objects.create(acts=acts, client=agent, month=NOVEMBER, row_number=2)
        return create_batch(**values)

    monkeypatch.setattr(preparing, "create_batch", create_batch_late)
    with pytest.raises(ActionRefused) as caught:
        prepare((agent.inn, "1"))
    assert caught.value.refusals == (preparing.TOO_LATE,)


@pytest.mark.parametrize("end", ["stopped", "cancelled", "replaced"])
def test_an_act_that_came_to_nothing_may_be_made_again(
    agent_list: AgentList, add_agent: AddAgent, prepare: Prepare, end: str
) -> None:
    agent = add_agent()
    acts = prepare((agent.inn, "1"))
    batch = acts.batch
    if end == "stopped":
        actions.stop(batch=batch, actor=agent_list.manager)
    elif end == "replaced":
        batch.rows.all().delete()
    else:
        cancel_task_of(batch)
    again = prepare((agent.inn, "1"))
    assert again != acts
    assert MonthlyAct.objects.get().acts == again


def cancel_task_of(batch: Batch) -> None:
    task: SigningTask = SigningTaskFactory(manager=batch.manager, status=Status.CANCELLED)
    batch.rows.update(task=task, state=BatchRow.State.DONE)


@pytest.mark.parametrize(
    ("headings", "code"),
    [(("Имя", "Сумма"), "table_lacks_columns"), (("ИНН", "Имя"), "table_lacks_columns")],
)
def test_a_file_without_a_column_is_refused(
    add_agent: AddAgent, prepare: Prepare, headings: tuple[str, ...], code: str
) -> None:
    with pytest.raises(ActionRefused) as caught:
        prepare((add_agent().inn, "1"), headings=headings)
    assert caught.value.refusals[0].code == code
    assert not Batch.objects.exists()


def test_a_period_that_is_a_date_needs_its_column(
    version: TemplateVersion, add_agent: AddAgent, prepare: Prepare
) -> None:
    version.fields.filter(name="период").update(kind=TemplateField.Kind.DATE)
    agent = add_agent()
    with pytest.raises(ActionRefused, match="В файле нет столбцов: «Период»"):
        prepare((agent.inn, "1"))
    prepare((agent.inn, "1", "30.11.2026"), headings=(*HEADINGS, "Период"))
    run_everything()
    assert BatchRow.objects.get().fields["asked"]["период"] == "30.11.2026"


def test_an_agent_who_is_deleted_leaves_no_claim_and_no_error(
    agent_list: AgentList, add_agent: AddAgent, prepare: Prepare
) -> None:
    gone, stays = add_agent(accepts=False), add_agent()
    acts = prepare((gone.inn, "1"), (stays.inn, "1"))
    Client.objects.get(pk=gone.pk).delete()
    assert [item.client for item in acts.items.all()] == [stays]


def test_only_the_manager_of_the_list_with_the_role_prepares(
    agent_list: AgentList, add_agent: AddAgent, prepare: Prepare, runner: User
) -> None:
    agent = add_agent()
    stranger = User.objects.create(username="stranger")
    with pytest.raises(ActionRefused):
        prepare((agent.inn, "1"), actor=stranger)
    runner.roles.filter(role="batch_runner").delete()
    with pytest.raises(ActionRefused):
        prepare((agent.inn, "1"), actor=User.objects.get(pk=runner.pk))
    assert not MonthlyActs.objects.exists()
