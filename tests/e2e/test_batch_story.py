"""A run over a table with five kinds of bad rows: checked, started, mended and resumed.

It is watched at the width of a phone.
"""

import io
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from accounts.models import RoleGrant, User
from accounts.roles import Role
from tasks.models import Batch, BatchRow, SigningTask
from tests.e2e.conftest import Open
from tests.support import world
from tests.support.batches.files import (
    HEADINGS,
    batch_data,
    make_template,
    person_row,
    workbook_bytes,
)
from tests.support.chromium.page_audit import measure_overflow
from tests.support.stack import Stack, wait_for

pytestmark = [
    pytest.mark.browser,
    pytest.mark.processes,
    pytest.mark.story,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("e2e"),
]
PHONE = {"width": 360, "height": 740}
FIRST = 7_000
BAD_ROWS = {
    "контрольные цифры не сходятся": {"ИНН": "771230000100"},
    "Введите телефон": {"Телефон": "12-34"},
    "Некорректно указан код": {"Лицевой счет": "100000000001"},
    "в ячейке формула": {"Сумма": "=1+1"},
    "Повторяет строку 2": {},
}


def test_a_run_with_bad_rows_is_mended_and_resumed(
    staff: dict[str, User], log_in: Open, stack: Stack, tmp_path: Path
) -> None:
    RoleGrant.objects.get_or_create(user=staff["manager"], role=Role.BATCH_RUNNER)
    version = make_template()
    good = [person_row(FIRST + number) for number in range(3)]
    bad = [person_row(FIRST + 10 + n, **change) for n, change in enumerate(BAD_ROWS.values())]
    bad[-1] = good[0]
    table = tmp_path / "акты.xlsx"
    table.write_bytes(workbook_bytes([*good, *bad]))

    page = log_in(viewport=PHONE)
    page.goto("/batches/")
    page.get_by_role("link", name="Новый прогон").click()
    choose(page, batch_data(version).region.name, str(version.template))
    page.get_by_label("Файл с данными").set_input_files(table)
    page.get_by_role("button", name="Проверить файл").click()
    expect(page.get_by_role("button", name="Запустить 3 строки")).to_be_visible(timeout=60_000)
    for words in BAD_ROWS:
        expect(page.locator("#batch-progress")).to_contain_text(words)
    assert measure_overflow(page) <= 0

    page.get_by_role("button", name="Запустить 3 строки").click()
    batch = Batch.objects.latest("pk")
    done = batch.rows.in_state(BatchRow.State.DONE)
    wait_for(lambda: done.count() == 3, "three rows", stack, seconds=120)
    expect(page.locator("#batch-progress")).to_contain_text("Завершен", timeout=30_000)
    assert measure_overflow(page) <= 0

    mended = tmp_path / "исправлено.xlsx"
    with page.expect_download() as download:
        page.get_by_role("link", name="строки, которые нужно исправить").click()
    mended.write_bytes(mend(Path(download.value.path()).read_bytes()))
    page.get_by_label("Файл с данными").set_input_files(mended)
    page.get_by_role("button", name="Загрузить исправленный файл").click()
    expect(page.get_by_role("button", name="Продолжить")).to_be_visible()
    wait_for(
        lambda: not batch.rows.in_state(BatchRow.State.NEW).exists(),
        "the check",
        stack,
        seconds=120,
    )
    page.get_by_role("button", name="Продолжить").click()
    wait_for(lambda: done.count() == 8, "all rows", stack, seconds=120)
    expect(page.locator("#batch-progress")).to_contain_text("Завершен", timeout=30_000)
    assert SigningTask.objects.filter(batch_row__batch=batch).count() == 8


def choose(page: Page, region: str, template: str) -> None:
    page.get_by_label("Бланк").select_option(label=template)
    page.get_by_label("Тип заданий").select_option(label="ДГПХ")
    page.get_by_label("Вид документа").select_option(value="acceptance")
    page.get_by_label("Регион инсталляции").select_option(label=region)
    data = batch_data(make_template())
    page.get_by_label("ЛК ЭДО").select_option(label=str(data.sender.box))
    page.get_by_label("Подписант").select_option(label=str(data.sender.signatory))
    page.get_by_label(data.services[0].name).check()
    assert region == world.SEAMLESS


def mend(content: bytes) -> bytes:
    """The report with every bad row corrected; the repeated one gets another number."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.active
    assert sheet is not None
    columns = {cell.value: cell.column for cell in sheet[1]}  # type: ignore[index]
    for position in range(len(BAD_ROWS)):
        for heading, value in zip(HEADINGS, person_row(FIRST + 10 + position), strict=True):
            sheet.cell(position + 2, columns[heading]).value = value
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
