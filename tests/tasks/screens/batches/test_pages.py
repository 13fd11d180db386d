"""The pages of batches: the form, the check, the progress, a row and its document."""

import uuid
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from archive.intake.sizes import OFFICE_LIMIT
from archive.models import TemplateVersion
from tasks.batches import actions
from tasks.models import Batch, BatchRow
from tests.support.batches.factories import BatchRowFactory
from tests.support.batches.files import (
    batch_data,
    make_batch,
    make_runner,
    make_template,
    person_row,
    upload_of,
    workbook_bytes,
)
from tests.support.driver import run_everything
from tests.support.people import browser_of
from tests.support.sandbox import Sandbox


@pytest.fixture
def runner(set_up: Sandbox) -> User:
    return make_runner()


@pytest.fixture
def web(runner: User) -> Client:
    return browser_of(runner)


@pytest.fixture
def version(set_up: Sandbox) -> TemplateVersion:
    return make_template()


def form_values(version: TemplateVersion, content: bytes, **changes: Any) -> dict[str, Any]:
    data = batch_data(version)
    values = {
        "submission_key": str(uuid.uuid4()),
        "template": version.template_id,
        "task_type": data.task_type,
        "document_kind": data.document_kind.pk,
        "region": data.region.pk,
        "box": data.sender.box.pk,
        "signatory": data.sender.signatory.pk,
        "services": [service.pk for service in data.services],
        "file": upload_of(content),
    }
    return {**values, **changes}


def test_from_the_file_to_the_start(web: Client, version: TemplateVersion) -> None:
    form = web.get("/batches/new/").content.decode()
    assert f"{version.template}: Сумма" in form
    values = form_values(version, workbook_bytes([person_row(1), person_row(2, ИНН="12")]))
    response = web.post("/batches/new/", values)
    batch = Batch.objects.get()
    assert response.headers["Location"] == f"/batches/{batch.pk}/"
    assert (
        'Проверено строк: <span class="num">0 %'
        in web.get(f"/batches/{batch.pk}/").content.decode()
    )
    run_everything()
    page = web.get(f"/batches/{batch.pk}/").content.decode()
    assert "Запустить 1 строку" in page
    assert "ИНН состоит из 12 цифр" in page
    web.post(f"/batches/{batch.pk}/do/start/")
    page = web.get(f"/batches/{batch.pk}/").content.decode()
    assert "Прогон запущен" in page
    assert "Приостановить" in page
    assert f">{batch.pk}</a>" in web.get("/batches/").content.decode()


def test_a_double_click_on_the_form_makes_one_batch(web: Client, version: TemplateVersion) -> None:
    content, key = workbook_bytes([person_row(1)]), str(uuid.uuid4())
    addresses = {
        web.post("/batches/new/", form_values(version, content, submission_key=key)).headers[
            "Location"
        ]
        for _ in range(2)
    }
    assert len(addresses) == Batch.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Файл пустой"),
        (b"%PDF-1.7", "Нужен файл xlsx или csv"),
        (b"PK\x03\x04" + bytes(OFFICE_LIMIT), "Файл больше 10 МБ"),
        (workbook_bytes([["1"]], headings=["ИНН"]), "нет столбцов: «Лицевой счет», «Сумма»"),
    ],
)
def test_a_bad_file_comes_back_with_the_reason_and_the_choices(
    web: Client, version: TemplateVersion, content: bytes, words: str
) -> None:
    values = form_values(version, content)
    response = web.post("/batches/new/", values)
    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert f'value="{values["region"]}" selected' in page
    assert not Batch.objects.exists()


def test_region_box_and_signatory_must_fit(web: Client, version: TemplateVersion) -> None:
    data = batch_data(version)
    values = form_values(version, workbook_bytes([person_row(1)]))
    data.sender.signatory.boxes.remove(data.sender.box)
    signatory_fault = web.post("/batches/new/", values).content.decode()
    data.sender.box.regions.remove(data.region)
    box_fault = web.post("/batches/new/", values).content.decode()
    assert "Этот подписант не подписывает" in signatory_fault or "Выберите" in signatory_fault
    assert "Выберите" in box_fault
    assert not Batch.objects.exists()


def test_the_poll_reloads_the_page_when_the_buttons_change(web: Client, runner: User) -> None:
    batch = make_batch(runner, [person_row(1)])
    page = web.get(f"/batches/{batch.pk}/live/?state=checking")
    assert "HX-Refresh" not in page.headers
    run_everything()
    page = web.get(f"/batches/{batch.pk}/live/?state=checking")
    assert page.headers["HX-Refresh"] == "true"
    assert "data-poll" not in page.content.decode()


def test_a_refused_action_says_why(web: Client, runner: User) -> None:
    batch = make_batch(runner, [person_row(1)])
    response = web.post(f"/batches/{batch.pk}/do/pause/", follow=True)
    assert "прогон уже в другом состоянии" in response.content.decode()
    assert web.post(f"/batches/{batch.pk}/do/nothing/").status_code == 404


def test_rows_by_state_and_page_by_page(web: Client, runner: User) -> None:
    batch = make_batch(runner, [person_row(number) for number in range(1, 61)])
    batch.rows.filter(number__gt=51).update(state=BatchRow.State.FAILED, reason="Нет связи")
    failed = web.get(f"/batches/{batch.pk}/?rows=failed").content.decode()
    assert failed.count("Нет связи") == 10
    first = web.get(f"/batches/{batch.pk}/").content.decode()
    assert first.count("Нет связи") == 10
    assert "Следующие строки" in first


def test_a_preview_fills_the_document_of_a_row(web: Client, runner: User) -> None:
    batch = make_batch(runner, [person_row(1)])
    run_everything()
    path = f"/batches/{batch.pk}/rows/2/"
    assert "Показать заполненный документ" in web.get(path).content.decode()
    web.post(f"{path}preview/")
    run_everything()
    assert f"{path}page/1/" in web.get(path).content.decode()
    assert web.get(f"{path}page/1/").headers["Content-Type"] == "image/webp"
    row = batch.rows.get()
    assert (row.state, row.task) == (BatchRow.State.READY, None)
    version = row.document_version
    actions.start(batch=batch, actor=runner)
    run_everything()
    assert batch.rows.get().task.document_version == version  # type: ignore[union-attr]


def test_the_result_is_an_xlsx_file(web: Client, runner: User) -> None:
    row = BatchRowFactory(batch__manager=runner, values={"ИНН": "=1+1"})
    response = web.get(f"/batches/{row.batch_id}/report.xlsx")
    assert response.headers["Content-Type"].endswith("spreadsheetml.sheet")
    assert b"".join(response.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]


def test_a_corrected_file_that_names_no_row_is_refused(web: Client, runner: User) -> None:
    batch = make_batch(runner, [person_row(1, ИНН="1")])
    run_everything()
    headings = ["Строка", "ИНН", "Лицевой счет", "Сумма"]
    content = workbook_bytes([["77", "1", "1", "1"]], headings=headings)
    response = web.post(f"/batches/{batch.pk}/file/", {"file": upload_of(content)})
    assert response.status_code == 422
    assert "нет строк, которые можно исправить" in response.content.decode()
