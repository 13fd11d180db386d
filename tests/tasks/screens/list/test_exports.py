"""Large exports: requested on a list or a report, written by a worker, announced in the bell."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from econtract.platform.common import clock
from econtract.platform.listing import exports
from econtract.platform.listing.models import Export
from econtract.platform.notifications.models import Notification
from econtract.platform.outbox import worker
from econtract.platform.outbox.models import OutboxJob
from tasks.models import SigningTask
from tasks.statuses import Status
from tests.support.factories import SigningTaskFactory
from tests.support.factories_clients import ClientFactory
from tests.support.lists import make_task, read_sheet
from tests.support.people import People, browser_of


@pytest.fixture(autouse=True)
def limit_direct_exports(monkeypatch: pytest.MonkeyPatch, owner: User) -> None:
    """Two tasks are enough for an export that a worker writes."""
    monkeypatch.setattr("tasks.screens.list.views.exports.MAX_ROWS", 1)
    make_task(owner, Status.COMPLETED)
    make_task(owner, Status.DOCUMENT_SIGNING)


def run_jobs() -> None:
    for job in OutboxJob.objects.filter(kind=exports.MakeExport.kind):
        worker.run_job(job.pk)


def download_url() -> str:
    return f"/reports/exports/{Export.objects.get().pk}/"


@pytest.mark.parametrize(
    ("address", "rows"), [("/reports/tasks.xlsx", 3), ("/tasks/all/export.xlsx?group=none", 2)]
)
def test_a_large_export_is_announced_when_it_is_ready(
    people: People, owner: User, web: Client, address: str, rows: int
) -> None:
    SigningTaskFactory(manager=owner)
    assert "придет уведомление" in web.get(address, follow=True).text
    assert "еще готовится" in web.get(address, follow=True).text
    run_jobs()
    link = download_url()
    assert link in web.get("/notifications/").text
    assert len(read_sheet(web.get(link))) == 1 + rows
    assert browser_of(people["mate"]).get(link).status_code == 404


def test_an_export_holds_what_its_user_still_sees(web: Client) -> None:
    web.get("/reports/tasks.xlsx")
    SigningTask.objects.update(manager=SigningTaskFactory().manager)
    run_jobs()
    header, *rows = read_sheet(web.get(download_url()))
    assert header[0] == "Номер"
    assert rows == []


def test_an_export_keeps_the_filters_of_its_list(owner: User, web: Client) -> None:
    for _ in range(2):
        make_task(owner, Status.SIGNING_FAILED)
    web.get("/tasks/all/export.xlsx?group=none&status=signing_failed&sort=number")
    run_jobs()
    _, *rows = read_sheet(web.get(download_url()))
    failed = SigningTask.objects.filter(status=Status.SIGNING_FAILED).order_by("pk")
    assert [row[0] for row in rows] == [task.number for task in failed]


def test_too_many_rows_for_one_file_are_announced(
    monkeypatch: pytest.MonkeyPatch, web: Client
) -> None:
    monkeypatch.setattr(exports, "MAX_ROWS_IN_JOB", 1)
    web.get("/reports/tasks.xlsx")
    run_jobs()
    assert "Уточните фильтр" in Notification.objects.get().text
    assert "/reports/exports/" not in web.get("/notifications/").text


def test_old_exports_are_deleted(web: Client) -> None:
    web.get("/reports/tasks.xlsx")
    with time_machine.travel(clock.now() + timedelta(days=8)):
        exports.delete_old_exports()
    assert not Export.objects.exists()
    run_jobs()  # a job without its export does nothing
    assert not Notification.objects.exists()


def test_an_export_has_ordinary_spaces(owner: User, web: Client) -> None:
    task = make_task(owner, client=ClientFactory(short_name="ООО «А\xa0Б»"))
    web.get("/tasks/my/export.xlsx?group=none")
    run_jobs()
    _, *rows = read_sheet(web.get(download_url()))
    [row] = [row for row in rows if row[0] == task.number]
    texts = [value for value in row if isinstance(value, str)]
    assert "ООО «А Б»" in texts
    assert "\xa0" in str(owner), "the name has one on pages"
    assert not any("\xa0" in text for text in texts)
