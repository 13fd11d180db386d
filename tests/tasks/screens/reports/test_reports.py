"""The page «Отчеты»: whose tasks it counts, its texts, and its xlsx file."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.http import QueryDict
from django.test import Client
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.roles import TaskType
from econtract.platform.common import clock
from tasks.models import SigningTask
from tasks.statuses import Resolution, Stage, Status
from tests.support.factories import HistoryEntryFactory, SigningTaskFactory
from tests.support.factories_clients import RegionFactory
from tests.support.people import People, browser_of

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)  # 12:00 in Moscow
NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def make(manager: User | None, status: Status, *, days: int = 0, **values: Any) -> SigningTask:
    """A task created ``days`` ago; a completed one took 8 minutes."""
    created_at = clock.now() - timedelta(days=days)
    values = {"created_at": created_at} | values
    if status in {Status.COMPLETED, Status.CANCELLED}:
        values = {"completed_at": created_at + timedelta(minutes=8)} | values
    task: SigningTask = SigningTaskFactory(manager=manager, status=status, **values)
    return task


def tiles(response: Any) -> dict[str, str]:
    return {tile.label: tile.value for tile in response.context["report"].tiles}


def count_created(web: Client, address: str = "/reports/") -> str:
    return tiles(web.get(address))["Создано"]


def bars(chart: Any) -> dict[str, tuple[str, str]]:
    return {bar.label: (bar.count, bar.share) for bar in chart}


def test_the_figures_of_a_month(owner: User, web: Client) -> None:
    make(owner, Status.COMPLETED, days=1)
    make(owner, Status.COMPLETED, days=2, completed_at=NOON - timedelta(days=2, minutes=-30))
    make(owner, Status.COMPLETED, days=2, completed_at=NOON - timedelta(days=2, minutes=-2))
    make(owner, Status.DOCUMENT_SIGNING)
    make(owner, Status.SIGNING_FAILED, resolution=Resolution.CLIENT_REFUSED)
    make(owner, Status.COMPLETED, days=40)
    response = web.get("/reports/")
    assert tiles(response) == {
        "Создано": "5",
        f"Подписано, 60{NBSP}%": "3",
        "Медиана до подписания, цель 10 мин": "8 мин",
        "Доля выполненных быстрее 10 мин": f"66,7{NBSP}%",
        "Доля с ошибкой": f"20{NBSP}%",
        f"Экономия на печати и доставке, по 300{NBSP}₽ за документ": f"900{NBSP}₽",
        f"Экономия времени: 20{NBSP}мин менеджера и 15{NBSP}мин бэк-офиса за документ": f"2{NBSP}ч",
    }
    report = response.context["report"]
    assert bars(report.resolutions) == {"Клиент отказался от подписания": ("1", f"20{NBSP}%")}
    assert [(d.day, d.created, d.signed) for d in report.days if d.height] == [
        ("19.11.2026", "2", "2"),
        ("20.11.2026", "1", "1"),
        ("21.11.2026", "2", "0"),
    ]


def test_the_share_of_contracts_is_shown_for_the_whole_company_only(
    people: People, owner: User, settings: Settings
) -> None:
    settings.CONTRACTS_PER_YEAR = 36_500  # 3,000 in thirty days
    for _ in range(3):
        make(owner, Status.COMPLETED)
    label = f"Доля удаленных договоров, из 3{NBSP}000 за период"
    web = browser_of(people["administrator"])
    assert tiles(web.get("/reports/"))[label] == f"0,1{NBSP}%"
    assert label not in tiles(web.get(f"/reports/?owner={owner.pk}"))
    assert label not in tiles(browser_of(owner).get("/reports/"))
    settings.CONTRACTS_PER_YEAR = 0
    assert len(tiles(web.get("/reports/"))) == 7


def test_the_funnel_counts_a_cancelled_task_as_far_as_it_came(owner: User, web: Client) -> None:
    cancelled = make(owner, Status.CANCELLED)
    HistoryEntryFactory(
        task=cancelled, old_status=Status.DOCUMENT_SIGNING, new_status=Status.CANCELLED
    )
    make(owner, Status.COMPLETED)
    make(owner, Status.IDENTIFICATION_PENDING)
    counts = {label: count for label, (count, _) in bars(funnel(web)).items()}
    assert counts == {
        "Создано": "3",
        Stage.IDENTIFICATION.label: "3",
        Stage.CABINET.label: "2",
        Stage.SIGNING.label: "2",
        Stage.ARCHIVE.label: "1",
        "Выполнено": "1",
    }


def funnel(web: Client) -> Any:
    return web.get("/reports/").context["report"].funnel


def test_users_count_what_they_see(people: People) -> None:
    make(people["owner"], Status.DOCUMENT_SIGNING)
    make(people["mate"], Status.COMPLETED)
    make(people["neighbour"], Status.DOCUMENT_SIGNING)
    counts = {
        who: count_created(browser_of(people[who])) for who in ("owner", "lead", "administrator")
    }
    assert counts == {"owner": "2", "lead": "1", "administrator": "3"}
    assert "За период данных нет" in browser_of(people["colleague"]).get("/reports/").text


def test_a_report_has_the_filters_of_the_lists(owner: User, web: Client) -> None:
    make(owner, Status.COMPLETED, task_type=TaskType.SELF_EMPLOYED)
    task = make(owner, Status.DOCUMENT_SIGNING, days=5, region=RegionFactory(name="Область"))
    assert count_created(web, "/reports/?type=self_employed") == "1"
    assert count_created(web, f"/reports/?region={task.region_id}") == "1"
    assert count_created(web, "/reports/?from=2026-11-10&to=2026-11-16") == "1"
    # The days are those of the user's time zone: it is 23:30 of the 16th in London.
    make(owner, Status.DOCUMENT_SIGNING, created_at=datetime(2026, 11, 16, 23, 30, tzinfo=UTC))
    assert count_created(web, "/reports/?from=2026-11-17&to=2026-11-17") == "1"


def test_a_period_that_is_too_long_is_shortened_with_a_notice(owner: User, web: Client) -> None:
    make(owner, Status.COMPLETED, days=1)
    notice = "Отчет строится не больше чем за 92 дня"
    assert notice in web.get("/reports/?from=2020-01-01").text
    assert notice not in web.get("/reports/?from=2026-11-01").text


def test_htmx_gets_the_report_alone_and_its_address(owner: User, web: Client) -> None:
    make(owner, Status.COMPLETED, days=1)
    response = web.get("/reports/?from=&to=&type=legal", HTTP_HX_REQUEST="true")
    assert response.text.lstrip().startswith('<div id="report"')
    pushed = QueryDict(response.headers["HX-Push-Url"].partition("?")[2]).dict()
    assert pushed == {"type": "legal", "from": "2026-10-23", "to": "2026-11-21"}


def test_the_number_of_queries_does_not_grow_with_the_tasks(
    owner: User, web: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for days in range(4):
        make(owner, Status.COMPLETED, days=days)
    with django_assert_max_num_queries(10):
        web.get("/reports/")


def test_the_tasks_behind_the_figures_are_a_typed_sheet(owner: User, web: Client) -> None:
    task = make(owner, Status.COMPLETED)
    make(owner, Status.COMPLETED, days=60)
    response = web.get("/reports/tasks.xlsx")
    sheet = load_workbook(BytesIO(b"".join(response.streaming_content))).active
    assert sheet is not None
    header, *rows = [[cell.value for cell in row] for row in sheet.rows]
    assert [row[0] for row in rows] == [task.number]
    assert rows[0][header.index("ИНН")] == task.client.inn
    assert rows[0][header.index("Лицевой счет")] == task.account_number
    assert isinstance(rows[0][header.index("Создано")], datetime)
    assert sheet.freeze_panes == "A2"
