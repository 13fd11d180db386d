"""«Отчеты»: what is counted, of whose tasks, in which period; large exports."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.http import QueryDict
from django.test import Client
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.roles import TaskType
from econtract.platform.common import clock
from econtract.platform.listing import exports
from econtract.platform.listing.models import Export
from econtract.platform.notifications.models import Notification
from econtract.platform.outbox import worker
from econtract.platform.outbox.models import OutboxJob
from tasks.models import SigningTask
from tasks.statuses import Resolution, Stage, Status
from tests.support.factories import HistoryEntryFactory, SigningTaskFactory
from tests.support.factories_clients import RegionFactory
from tests.support.people import People, browser_of

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)  # 12:00 in Moscow


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


def make(manager: User | None, status: Status, *, days: int = 0, **more: Any) -> SigningTask:
    """A task created ``days`` ago; a completed one took 8 minutes."""
    created = clock.now() - timedelta(days=days)
    more = {"created_at": created} | more
    if status in {Status.COMPLETED, Status.CANCELLED}:
        more = {"completed_at": created + timedelta(minutes=8)} | more
    task: SigningTask = SigningTaskFactory(manager=manager, status=status, **more)
    return task


def tiles(response: Any) -> dict[str, str]:
    return {tile.label: tile.value for tile in response.context["report"].tiles}


def created(web: Client, address: str = "/reports/") -> str:
    return tiles(web.get(address))["Создано"]


def lines(bars: Any) -> dict[str, tuple[str, str]]:
    return {bar.label: (bar.count, bar.share) for bar in bars}


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
        "Подписано, 60\N{NO-BREAK SPACE}%": "3",
        "Медиана до подписания, цель 10 мин": "8 мин",
        "Доля с ошибкой": "20\N{NO-BREAK SPACE}%",
    }
    report = response.context["report"]
    assert lines(report.resolutions) == {
        "Клиент отказался от подписания": ("1", "20\N{NO-BREAK SPACE}%")
    }
    assert [(d.day, d.created, d.signed) for d in report.days if d.height] == [
        ("19.11.2026", "2", "2"),
        ("20.11.2026", "1", "1"),
        ("21.11.2026", "2", "0"),
    ]


def test_a_cancelled_task_is_counted_as_far_as_it_came(owner: User, web: Client) -> None:
    cancelled = make(owner, Status.CANCELLED)
    HistoryEntryFactory(
        task=cancelled, old_status=Status.DOCUMENT_SIGNING, new_status=Status.CANCELLED
    )
    make(owner, Status.COMPLETED)
    make(owner, Status.IDENTIFICATION_PENDING)
    counts = {label: count for label, (count, _) in lines(funnel(web)).items()}
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


def test_everybody_counts_what_he_sees(people: People) -> None:
    make(people["owner"], Status.DOCUMENT_SIGNING)
    make(people["mate"], Status.COMPLETED)
    make(people["neighbour"], Status.DOCUMENT_SIGNING)
    seen = {who: created(browser_of(people[who])) for who in ("owner", "lead", "administrator")}
    assert seen == {"owner": "2", "lead": "1", "administrator": "3"}
    assert "За период данных нет" in browser_of(people["colleague"]).get("/reports/").text


def test_the_filters_of_the_lists_narrow_a_report(owner: User, web: Client) -> None:
    make(owner, Status.COMPLETED, task_type=TaskType.SELF_EMPLOYED)
    task = make(owner, Status.DOCUMENT_SIGNING, days=5, region=RegionFactory(name="Область"))
    assert created(web, "/reports/?type=self_employed") == "1"
    assert created(web, f"/reports/?region={task.region_id}") == "1"
    assert created(web, "/reports/?from=2026-11-10&to=2026-11-16") == "1"
    # The days are those of the person's clock: it is 23:30 of the 16th in London.
    make(owner, Status.DOCUMENT_SIGNING, created_at=datetime(2026, 11, 16, 23, 30, tzinfo=UTC))
    assert created(web, "/reports/?from=2026-11-17&to=2026-11-17") == "1"


@pytest.mark.parametrize(
    ("asked", "since", "until", "is_cut"),
    [
        ("", "2026-10-23", "2026-11-21", False),
        ("?from=2026-11-20&to=2026-11-10", "2026-11-10", "2026-11-20", False),
        ("?from=2020-01-01", "2026-08-22", "2026-11-21", True),
        ("?from=0001-01-01&to=0001-01-02", "2000-01-01", "2000-01-01", False),
        ("?from=2026-11-20&to=9999-12-31", "2026-11-20", "2026-11-21", False),
        ("?from=rubbish&to=2026-02-31", "2026-10-23", "2026-11-21", False),
    ],
)
def test_a_report_is_never_about_more_than_a_quarter(
    web: Client, asked: str, since: str, until: str, is_cut: bool
) -> None:
    query = web.get(f"/reports/{asked}").context["query"]
    assert (str(query.since), str(query.until)) == (since, until)
    assert query.is_shortened is is_cut


def test_htmx_gets_the_report_alone_and_the_address_of_it(owner: User, web: Client) -> None:
    make(owner, Status.COMPLETED, days=1)
    response = web.get("/reports/?from=&to=&type=legal", HTTP_HX_REQUEST="true")
    assert response.text.lstrip().startswith('<div id="report"')
    pushed = QueryDict(response.headers["HX-Push-Url"].partition("?")[2]).dict()
    assert pushed == {"type": "legal", "from": "2026-10-23", "to": "2026-11-21"}


def test_a_report_costs_the_same_however_many_tasks_there_are(
    owner: User, web: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for days in range(4):
        make(owner, Status.COMPLETED, days=days)
    with django_assert_max_num_queries(10):
        web.get("/reports/")


# --- Export -------------------------------------------------------------------------------------


def test_the_tasks_behind_the_figures_as_a_typed_sheet(owner: User, web: Client) -> None:
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


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch, owner: User) -> None:
    """An export that is too large to wait for."""
    monkeypatch.setattr("tasks.screens.list.views.exports.MAX_ROWS", 1)
    make(owner, Status.COMPLETED)
    make(owner, Status.DOCUMENT_SIGNING)


def work_off() -> None:
    for job in OutboxJob.objects.filter(kind=exports.MakeExport.kind):
        worker.run_job(job.pk)


@pytest.mark.parametrize("address", ["/reports/tasks.xlsx", "/tasks/all/export.xlsx?group=none"])
def test_a_large_export_is_made_meanwhile_and_told_of(
    large: None, people: People, owner: User, address: str
) -> None:
    SigningTaskFactory(manager=owner)
    web = browser_of(owner)
    assert "придет уведомление" in web.get(address, follow=True).text
    assert "еще готовится" in web.get(address, follow=True).text
    work_off()
    page = web.get("/notifications/").text
    made = Export.objects.get()
    link = f"/reports/exports/{made.pk}/"
    assert link in page
    response = web.get(link)
    sheet = load_workbook(BytesIO(b"".join(response.streaming_content))).active
    assert sheet is not None
    assert sheet.max_row == (4 if "reports" in address else 3)
    assert browser_of(people["mate"]).get(link).status_code == 404


def test_an_export_holds_what_its_owner_still_sees(large: None, owner: User, web: Client) -> None:
    web.get("/reports/tasks.xlsx")
    SigningTask.objects.update(manager=SigningTaskFactory().manager)
    work_off()
    response = web.get(f"/reports/exports/{Export.objects.get().pk}/")
    sheet = load_workbook(BytesIO(b"".join(response.streaming_content))).active
    assert sheet is not None
    assert sheet.max_row == 1


def test_too_much_for_any_file_is_said_in_the_notification(
    large: None, monkeypatch: pytest.MonkeyPatch, web: Client
) -> None:
    monkeypatch.setattr(exports, "MAX_ROWS_IN_JOB", 1)
    web.get("/reports/tasks.xlsx")
    work_off()
    assert "Уточните фильтр" in Notification.objects.get().text
    assert "/reports/exports/" not in web.get("/notifications/").text


def test_old_exports_are_forgotten(large: None, owner: User, web: Client) -> None:
    web.get("/reports/tasks.xlsx")
    with time_machine.travel(NOON + timedelta(days=8)):
        exports.delete_old_exports()
    assert not Export.objects.exists()
    work_off()  # a job without its export is done with nothing
    assert not Notification.objects.exists()
