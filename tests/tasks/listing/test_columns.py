"""The columns of the lists of tasks, on the page and in the xlsx file."""

from datetime import timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from accounts.models import User
from accounts.roles import Role
from econtract.platform.common import clock
from econtract.platform.listing.columns import (
    Column,
    column_headers,
    default_codes,
    fields_of,
    page_columns,
)
from econtract.platform.listing.rows import format_rows, render_rows
from econtract.platform.listing.xlsx import TooManyRows, write_workbook
from tasks.listing.columns import FILE_COLUMNS, TASK_COLUMNS
from tasks.listing.query import TaskListQuery
from tasks.models import Channel, SigningTask
from tasks.statuses import Status
from tasks.wording.turns import TurnLabels
from tests.support.factories import SigningTaskFactory, SimpleSigningFactory, UserFactory
from tests.support.factories_clients import ClientFactory

pytestmark = pytest.mark.django_db
ON_PAGE = [column for column in TASK_COLUMNS if column.is_on_page]


@pytest.fixture
def manager() -> User:
    user: User = UserFactory(roles=[Role.MANAGER])
    return user


@pytest.fixture
def task(manager: User) -> SigningTask:
    now = clock.now()
    task: SigningTask = SigningTaskFactory(
        manager=manager,
        status=Status.COMPLETED,
        client=ClientFactory(short_name="<b>100%</b>"),
        created_at=now - timedelta(minutes=7),
        completed_at=now,
        channel=Channel.SMS,
        simple_signing=SimpleSigningFactory(progress="signed"),
    )
    return task


def format_page(columns: list[Column], viewer: User) -> list[dict[str, str]]:
    fields = fields_of("number", columns)
    rows = list(SigningTask.objects.values_list(*fields))
    return format_rows(rows, fields, columns, TurnLabels.for_viewer(viewer))


def test_the_codes_are_unique() -> None:
    codes = [column.code for column in TASK_COLUMNS]
    assert len(codes) == len(set(codes))


@pytest.mark.usefixtures("task")
@pytest.mark.parametrize("column", ON_PAGE, ids=lambda column: column.code)
def test_a_column_fetches_all_fields_that_it_shows(column: Column, manager: User) -> None:
    """Other columns may be hidden, so it cannot rely on their fields."""
    [texts] = format_page([column], manager)
    assert set(texts) == {column.code, *(f"{column.code}.{name}" for name in column.details)}
    assert all(texts.values())


def test_a_sort_order_of_a_column_exists() -> None:
    for column in TASK_COLUMNS:
        assert not column.sort or column.sort in TaskListQuery.SORT_KEYS


def test_texts_are_escaped_and_percent_signs_kept(task: SigningTask, manager: User) -> None:
    markup = render_rows(format_page(ON_PAGE, manager), ON_PAGE, "tasks/list/_row.html")
    assert "&lt;b&gt;100%&lt;/b&gt;" in markup
    assert f'value="{task.number}"' in markup
    assert "Подписано за 7 мин" in markup
    assert "%(" not in markup


def test_a_task_that_went_to_the_operator_has_no_progress(task: SigningTask, manager: User) -> None:
    """Its earlier signing by SMS is still there."""
    column = next(column for column in TASK_COLUMNS if column.code == "progress")
    assert format_page([column], manager) == [{"progress": "Подписано"}]
    SigningTask.objects.update(channel=Channel.EDO)
    assert format_page([column], manager) == [{"progress": ""}]


def test_a_page_has_the_selected_columns_in_their_fixed_order() -> None:
    def codes(selected: list[str] | None, **more: Any) -> list[str]:
        return [column.code for column in page_columns(TASK_COLUMNS, selected, **more)]

    default = ["number", "client", "stage", "status", "turn", "owner", "updated"]
    assert codes(None) == default
    assert default_codes(TASK_COLUMNS) == ["stage", "turn", "owner", "updated"]
    assert codes([]) == ["number", "client", "status"]
    assert codes(["channel", "region", "inn", "x"]) == [
        *("number", "client", "region", "status", "channel"),
    ]
    assert codes(None, hidden=["owner"]) == [code for code in default if code != "owner"]


def test_a_header_sorts_and_announces_the_order() -> None:
    def header(query: TaskListQuery, code: str) -> dict[str, str]:
        column = next(column for column in TASK_COLUMNS if column.code == code)
        [header] = column_headers([column], query)
        return header

    newest_first = TaskListQuery()
    assert header(newest_first, "updated") == {
        "label": "Обновлено",
        "url": "?group=none&sort=updated",
        "aria_sort": "descending",
        "icon": "arrow-down",
    }
    assert header(newest_first, "number")["url"] == "?group=none&sort=-number"
    assert header(newest_first, "client")["url"] == "?group=none&sort=client"
    assert header(newest_first, "turn")["url"] == ""


@pytest.mark.usefixtures("task")
def test_the_columns_of_a_file(manager: User) -> None:
    context = TurnLabels.for_viewer(manager)
    tasks = SigningTask.objects.order_by("number")
    with write_workbook(tasks, FILE_COLUMNS, context, sheet_title="Задания") as file:
        sheet = load_workbook(file)["Задания"]
    assert [cell.value for cell in sheet[1]] == [
        "Номер",
        "Тип",
        "Клиент",
        "ИНН",
        "Регион",
        "Лицевой счет",
        "Номер документа",
        "Вид документа",
        "Этап",
        "Статус",
        "Резолюция",
        "Чей ход",
        "Ход подписания",
        "Ответственный",
        "Создано",
        "Обновлено",
        "Завершено",
        "Штрих код / ИД документа",
    ]
    assert (sheet["C2"].value, sheet["M2"].value) == ("<b>100%</b>", "Подписано")


@pytest.mark.usefixtures("task")
def test_a_file_has_a_limit(manager: User) -> None:
    context = TurnLabels.for_viewer(manager)
    tasks = SigningTask.objects.order_by("number")
    with pytest.raises(TooManyRows) as error:
        write_workbook(tasks, FILE_COLUMNS, context, sheet_title="Задания", max_rows=0)
    assert error.value.limit == 0
