"""Running a batch: every row one task, one document, one message; pause, stop, errors, outages."""

import io
from collections import Counter
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
import time_machine
from pytest_django.fixtures import Settings

from accounts.models import RoleGrant, User
from accounts.roles import Role
from archive import job_kinds
from archive.conversion.results import ConversionFailed
from archive.findings import Finding
from archive.models import TemplateVersion
from clients.models import Client
from econtract.platform.common import clock
from econtract.platform.common.errors import ActionRefused
from econtract.platform.outbox import worker
from econtract.platform.outbox.models import OutboxJob
from tasks.batches import actions, uploads
from tasks.batches.job_kinds import window_size
from tasks.batches.progress import measure_progress
from tasks.batches.report import write_report
from tasks.models import Batch, BatchRow, SigningTask
from tests.support.batches.files import make_batch, make_template, person_row, upload_of
from tests.support.batches.running import (
    assert_each_row_made_one_task,
    run_for,
    start,
    states,
)
from tests.support.driver import run_everything
from tests.support.factories_clients import ClientFactory, person_inn
from tests.support.sandbox import Sandbox

State = BatchRow.State


ROWS = 10


@pytest.fixture(autouse=True)
def few_rows_at_once(settings: Settings) -> None:
    settings.BATCH_ROWS_AT_ONCE = 4


def make_rows(count: int = ROWS, *, first: int = 1) -> list[list[str]]:
    return [person_row(number) for number in range(first, first + count)]


def test_every_row_becomes_a_task_with_its_document(runner: User, set_up: Sandbox) -> None:
    batch = make_batch(runner, make_rows())
    start(batch, runner)
    run_for()
    batch.refresh_from_db()
    assert batch.state == Batch.State.FINISHED
    assert states(batch) == {State.DONE: ROWS}
    assert_each_row_made_one_task(batch, ROWS)
    messages = Counter(message["to"] for message in set_up.messages())
    assert set(messages.values()) == {1}  # an SMS and an e-mail to everybody
    assert len(messages) == 2 * ROWS
    row = batch.rows.select_related("task__document_version__source").first()
    assert row is not None
    assert row.task is not None
    assert row.task.manager == runner
    assert row.task.document_number == row.fields["document_number"]


def test_a_double_click_starts_once(runner: User) -> None:
    batch = make_batch(runner, [person_row(1)])
    start(batch, runner)
    actions.start(batch=batch, actor=runner)
    assert OutboxJob.objects.filter(kind=actions.FEED).count() == 1
    run_for()
    assert_each_row_made_one_task(batch, 1)


def test_a_run_survives_more_deaths_than_a_job_has_attempts(
    runner: User, settings: Settings
) -> None:
    batch = make_batch(runner, make_rows())
    start(batch, runner)
    settings.OUTBOX_ATTEMPTS = 2
    with time_machine.travel(clock.now(), tick=True) as traveller:
        for _ in range(5):
            feeder = OutboxJob.objects.open().get(kind=actions.FEED)
            assert OutboxJob.claim(feeder.pk) is not None  # and its worker dies
            OutboxJob.objects.filter(pk=feeder.pk).update(lease_until=None)
            worker.run_job(feeder.pk)
            traveller.shift(timedelta(seconds=2))
    batch.refresh_from_db()
    assert batch.is_running


def test_the_same_file_again_needs_a_confirmation(runner: User) -> None:
    version = make_template()
    start(make_batch(runner, [person_row(1)], version=version), runner)
    again = make_batch(runner, [person_row(1)], version=version)
    Batch.objects.update(sha256="1" * 64)
    run_everything()
    with pytest.raises(ActionRefused, match="Этот же файл"):
        actions.start(batch=again, actor=runner)
    assert actions.start(batch=again, actor=runner, repeats_file=True).is_running


def test_a_pause_stops_the_rows_that_have_not_begun(runner: User) -> None:
    batch = make_batch(runner, make_rows())
    start(batch, runner)
    worker.run_job(OutboxJob.objects.open().get(kind=actions.FEED).pk)
    assert batch.rows.in_flight().count() == window_size()
    actions.pause(batch=batch, actor=runner)
    run_for()
    assert states(batch) == {State.READY: ROWS}
    actions.resume(batch=batch, actor=runner)
    run_for()
    assert states(batch) == {State.DONE: ROWS}
    assert_each_row_made_one_task(batch, ROWS)


def test_a_stop_is_final(runner: User) -> None:
    batch = make_batch(runner, [person_row(1), person_row(2, ИНН="1")])
    start(batch, runner)
    actions.stop(batch=batch, actor=runner)
    run_for()
    assert states(batch) == {State.SKIPPED: 2}
    assert not SigningTask.objects.exists()
    for act in (actions.start, actions.resume, actions.pause, actions.retry_failed):
        with pytest.raises(ActionRefused):
            act(batch=batch, actor=runner)


def test_a_failed_row_is_repeated(runner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ConversionFailed("Файл не открывается")

    batch = make_batch(runner, [person_row(1)])
    with monkeypatch.context() as patch:
        patch.setattr(job_kinds, "convert_to_pdf", fail)
        start(batch, runner)
        run_for()
    row = batch.rows.get()
    assert (row.state, row.reason) == (State.FAILED, "Файл не открывается")
    assert actions.retry_failed(batch=batch, actor=runner) == 1
    run_for()
    assert states(batch) == {State.DONE: 1}
    with pytest.raises(ActionRefused):
        actions.retry_failed(batch=batch, actor=runner)


def test_a_document_with_a_warning_waits_for_a_person(
    runner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def convert(*arguments: object, **more: object) -> object:
        result = original(*arguments, **more)
        return type(result)("builtin", 1, 1.0, notes=(Finding("text_lost", "Проверьте"),))

    original = job_kinds.convert_to_pdf
    monkeypatch.setattr(job_kinds, "convert_to_pdf", convert)
    batch = make_batch(runner, [person_row(1)])
    start(batch, runner)
    run_for()
    row = batch.rows.get()
    assert row.state == State.REVIEW
    assert not SigningTask.objects.exists()
    actions.accept_document(row=row, actor=runner)
    run_for()
    task = SigningTask.objects.get()
    assert task.document_version is not None
    assert task.document_version.reviewed_by == runner
    assert states(batch) == {State.DONE: 1}


def test_a_run_keeps_the_version_of_its_template(runner: User) -> None:
    version = make_template()
    batch = make_batch(runner, [person_row(1)], version=version)
    newer = TemplateVersion.objects.get(pk=version.pk)
    newer.pk, newer.number = None, 2
    newer.save()
    start(batch, runner)
    run_for()
    assert SigningTask.objects.get().document_version.template_version == version  # type: ignore[union-attr]


def test_batches_share_the_workers(runner: User) -> None:
    batches = [make_batch(runner, make_rows(first=first)) for first in (100, 200)]
    whole = window_size()
    run_everything()
    for batch in batches:
        actions.start(batch=batch, actor=runner)
    assert window_size() == whole // 2
    for job in OutboxJob.objects.open().filter(kind=actions.FEED):
        worker.run_job(job.pk)
    assert [batch.rows.in_flight().count() for batch in batches] == [whole // 2] * 2


def test_rows_wait_for_the_end_of_an_outage(runner: User, set_up: Sandbox) -> None:
    batch = make_batch(runner, make_rows())
    start(batch, runner)
    set_up.fault("identity", "down", times=None)
    run_for(3600, step=60)
    batch.refresh_from_db()
    assert "Сервис идентификации" in batch.problem
    assert states(batch) == {State.SENDING: window_size(), State.READY: ROWS - window_size()}
    set_up.clear_faults()
    with time_machine.travel(clock.now() + timedelta(hours=1), tick=True):
        run_for(3600, step=60)
    assert states(batch) == {State.DONE: ROWS}
    assert_each_row_made_one_task(batch, ROWS)


def test_a_client_who_has_become_unusable_gets_no_task(runner: User) -> None:
    batch = make_batch(runner, make_rows(3))
    run_everything()
    clients = [ClientFactory(kind=Client.Kind.INDIVIDUAL, inn=person_inn(n)) for n in (1, 2)]
    first, second, third = batch.rows.order_by("number")
    clients[0].state = Client.State.BANKRUPT
    clients[0].save()
    BatchRow.objects.filter(pk=first.pk).update(client=clients[0])
    BatchRow.objects.filter(pk=second.pk).update(fields={**second.fields, "details": None})
    actions.start(batch=batch, actor=runner)
    run_for()
    reasons = dict(batch.rows.values_list("number", "reason"))
    assert reasons[first.number] == "Клиент признан банкротом"
    assert reasons[second.number].startswith("Карточку клиента удалили")
    assert reasons[third.number] == ""


def test_a_manager_who_loses_the_role_is_stopped(runner: User) -> None:
    batch = make_batch(runner, make_rows())
    start(batch, runner)
    RoleGrant.objects.filter(user=runner, role=Role.BATCH_RUNNER).delete()
    run_for()
    batch.refresh_from_db()
    assert batch.state == Batch.State.PAUSED
    assert "нет нужных ролей" in batch.problem
    assert not SigningTask.objects.exists()


def test_a_report_is_corrected_and_loaded_again(runner: User) -> None:
    batch = make_batch(runner, [person_row(1), person_row(2, **{"Лицевой счет": "8501"})])
    start(batch, runner)
    run_for()
    assert states(batch) == {State.DONE: 1, State.INVALID: 1}
    with write_report(batch, only_problems=True) as report:
        book = openpyxl.load_workbook(report)
    sheet: Any = book.active
    headings = [cell.value for cell in sheet[1]]
    assert "12 цифр" in str(sheet.cell(2, headings.index("Что исправить") + 1).value)
    sheet.cell(2, headings.index("Лицевой счет") + 1).value = person_row(2)[5]
    corrected = io.BytesIO()
    book.save(corrected)
    uploads.replace_rows(batch=batch, upload=upload_of(corrected.getvalue()), actor=runner)
    run_everything()
    batch.refresh_from_db()
    assert batch.state == Batch.State.PAUSED
    actions.resume(batch=batch, actor=runner)
    run_for()
    assert states(batch) == {State.DONE: 2}
    assert_each_row_made_one_task(batch, 2)


def test_progress(runner: User) -> None:
    batch = make_batch(runner, [person_row(number) for number in range(1, 7)])
    start(batch, runner)
    BatchRow.objects.filter(number__lte=4).update(state=State.DONE)
    batch = actions.pause(batch=batch, actor=runner)
    Batch.objects.update(ran_seconds=60)
    batch.refresh_from_db()
    progress = measure_progress(batch)
    assert (progress.done, progress.waiting, progress.per_minute) == (3, 3, 3)
    assert progress.left is None
