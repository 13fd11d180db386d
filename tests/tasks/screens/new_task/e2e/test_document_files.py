"""Several files become one document in Chromium: with and without a script, wide and narrow."""

import pytest
from playwright.sync_api import Page, expect

from econtract.platform.outbox.models import OutboxJob
from econtract.platform.outbox.worker import run_job
from tasks.models import Draft
from tests.support.chromium.page_audit import audit
from tests.support.documents import office
from tests.tasks.screens.new_task.e2e.conftest import Forms
from tests.tasks.screens.new_task.e2e.steps import wait_until_saved

pytestmark = pytest.mark.browser

NAMES = ["Договор.pdf", "Приложение к договору № 1.pdf", "Спецификация.pdf"]
FILES = [
    {"name": name, "mimeType": "application/pdf", "buffer": office.pdf_bytes(pages)}
    for pages, name in enumerate(NAMES, start=1)
]
NARROW, WIDE = {"width": 360, "height": 780}, {"width": 1280, "height": 900}


def shown_names(page: Page) -> list[str]:
    rows = page.get_by_role("list", name="Файлы по порядку").get_by_role("listitem")
    return [next(name for name in NAMES if name in text) for text in rows.all_inner_texts()]


def join() -> None:
    for pk in OutboxJob.objects.claimable().values_list("pk", flat=True):
        run_job(pk)


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_files_are_put_in_order_by_keys(open_form: Forms, viewport: dict[str, int]) -> None:
    page = open_form(viewport=viewport)
    page.locator("#id_document").set_input_files(FILES)
    up = page.get_by_role("button", name=f"Выше: {NAMES[2]}")
    up.focus()
    for expected in ([NAMES[0], NAMES[2], NAMES[1]], [NAMES[2], NAMES[0], NAMES[1]]):
        # htmx takes over a button that has just come onto the page a moment later.
        page.wait_for_function("document.activeElement['htmx-internal-data']")
        page.keyboard.press("Enter")
        page.wait_for_function(
            "names => names.every((name, index) => document.querySelectorAll"
            "('#document-block [role=listitem]')[index].textContent.includes(name))",
            arg=expected,
        )
        assert shown_names(page) == expected
        expect(up).to_be_focused()
    page.get_by_role("button", name="Добавить оглавление").click()
    expect(page.get_by_role("button", name="Убрать оглавление")).to_be_visible()
    assert audit(page) == []
    join()
    expect(page.get_by_alt_text("Страница", exact=False)).to_have_count(7)
    page.get_by_text("Заменить", exact=True).first.click()
    page.get_by_text("Добавить файлы", exact=True).click()
    assert audit(page) == []
    wait_until_saved(page)
    open_form.errors.clear()  # the CSP reports axe


def test_a_file_is_replaced_and_removed(open_form: Forms) -> None:
    page = open_form()
    page.locator("#id_document").set_input_files(FILES[:2])
    page.get_by_text("Заменить", exact=True).nth(1).click()
    page.get_by_label(f"Новый файл вместо {NAMES[1]}").set_input_files(FILES[2])
    page.get_by_role("button", name="Заменить файл").click()
    expect(page.get_by_role("button", name=f"Убрать: {NAMES[2]}")).to_be_visible()
    assert shown_names(page) == [NAMES[0], NAMES[2]]
    page.get_by_role("button", name=f"Убрать: {NAMES[0]}").click()
    expect(page.get_by_role("link", name=NAMES[2])).to_be_visible()
    expect(page.get_by_role("list", name="Файлы по порядку")).to_have_count(0)


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_everything_works_without_a_script(open_form: Forms, viewport: dict[str, int]) -> None:
    page = open_form(viewport=viewport, java_script_enabled=False)
    page.locator("#id_document").set_input_files(FILES[:2])
    page.get_by_role("button", name="Сохранить черновик").last.click()
    assert shown_names(page) == NAMES[:2]
    page.get_by_role("button", name=f"Ниже: {NAMES[0]}").click()
    assert shown_names(page) == [NAMES[1], NAMES[0]]
    page.get_by_text("Добавить файлы", exact=True).click()
    page.locator("#more-files").set_input_files(FILES[2])
    page.get_by_role("button", name="Добавить оглавление").click()
    assert shown_names(page) == [NAMES[1], NAMES[0], NAMES[2]]
    join()
    page.get_by_role("link", name="Обновить").click()
    expect(page.get_by_text("7 страниц")).to_be_visible()
    assert Draft.objects.get().document_version.has_contents_page
