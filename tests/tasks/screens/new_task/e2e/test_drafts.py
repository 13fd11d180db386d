"""The draft of the form in Chromium: killed browsers, two windows, lost connections."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, Playwright, Route, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tasks.models import Draft, SigningTask
from tests.support.people import browser_of
from tests.support.stack import wait_for
from tests.support.world import word_file
from tests.tasks.screens.new_task.conftest import (
    get_draft,
)
from tests.tasks.screens.new_task.e2e.conftest import Forms
from tests.tasks.screens.new_task.e2e.steps import (
    PDF,
    add_contact,
    attach,
    choose_client,
    create,
    fill_remaining_fields,
    restore,
    wait_until_saved,
)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("new-task")]


def open_same_draft(open_form: Forms) -> Page:
    """The only draft in another window."""
    page = open_form()
    restore(page)
    return page


def test_a_draft_survives_a_chromium(
    open_form: Forms, playwright: Playwright, live_server: LiveServer, manager: User, tmp_path: Path
) -> None:
    process = subprocess.Popen(
        [
            "/usr/bin/chromium",
            *("--headless=new", "--no-sandbox", "--remote-debugging-port=0", "--disable-quic"),
            f"--user-data-dir={tmp_path}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        port_file = tmp_path / "DevToolsActivePort"
        for _ in range(600):
            if port_file.exists() and port_file.read_text():
                break
            time.sleep(0.1)
        port = port_file.read_text().split()[0]
        chromium = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
        context = chromium.new_context(base_url=live_server.url)
        name = settings.SESSION_COOKIE_NAME
        session = browser_of(manager).cookies[name].value
        context.add_cookies([{"name": name, "value": session, "url": live_server.url}])
        page = context.new_page()
        page.goto("/tasks/new/company/")
        choose_client(page)
        add_contact(page)
        attach(page)
        page.get_by_label("Основание подписания").fill("Устав")
        wait_until_saved(page)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    page = open_form()
    restore(page)
    expect(page.get_by_label("Фамилия")).to_have_value("Петров")
    expect(page.get_by_label("Основание подписания")).to_have_value("Устав")
    expect(page.get_by_text("Договор.pdf")).to_be_visible()
    expect(page.locator("#client-data")).to_contain_text("Новая карточка")


def test_leaving_the_page_saves_the_last_change(open_form: Forms) -> None:
    page = open_form()
    page.get_by_label("Номер документа").press_sequentially("Д-17")
    page.goto("/tasks/my/")
    # The last change is sent while the page unloads: it may arrive after the next request.
    drafts = Draft.objects.filter(fields__document_number=["Д-17"])
    wait_for(drafts.exists, "the draft")
    page.goto("/tasks/new/company/")
    restore(page)
    expect(page.get_by_label("Номер документа")).to_have_value("Д-17")


def test_closing_empties_the_form_and_can_be_undone(open_form: Forms) -> None:
    page = open_form()
    choose_client(page)
    add_contact(page)
    page.get_by_role("button", name="Закрыть").click()
    expect(page.get_by_text("Форма очищена")).to_be_visible()
    page.get_by_role("button", name="Отменить").click()
    expect(page.get_by_label("Фамилия")).to_have_value("Петров")


def test_two_tabs_prepare_two_contracts(open_form: Forms) -> None:
    first, second = open_form(), open_form()
    for page, surname in ((first, "Петров"), (second, "Сидоров")):
        choose_client(page)
        add_contact(page)
        page.get_by_label("Фамилия").fill(surname)
        page.get_by_label("Мобильный телефон").fill("8912345678" + str(len(surname)))
        page.get_by_label("Номер документа").fill(surname)
    for page in (first, second):
        fill_remaining_fields(page)
        create(page)
    assert {task.document_number for task in SigningTask.objects.all()} == {"Петров", "Сидоров"}
    first.goto("/tasks/new/")
    expect(first.get_by_role("heading", name="Черновики")).to_have_count(0)


def test_two_windows_do_not_silently_overwrite_each_other(open_form: Forms) -> None:
    first = open_form()
    first.get_by_label("Номер документа").fill("Первый")
    wait_until_saved(first)
    second = open_same_draft(open_form)
    first.get_by_label("Номер документа").fill("Новый")
    wait_until_saved(first)
    second.get_by_label("Номер документа").fill("Второй")
    notice = second.get_by_role("alert").filter(has_text="Черновик изменен в другом окне")
    expect(notice).to_contain_text("Новый")
    expect(notice).to_contain_text("Второй")
    assert get_draft().fields["document_number"] == ["Новый"]
    second.get_by_role("button", name="Оставить введенное здесь").click()
    expect(second.get_by_label("Номер документа")).to_have_value("Второй")
    assert get_draft().fields["document_number"] == ["Второй"]


def test_an_upload_in_the_second_window_is_a_conflict(open_form: Forms) -> None:
    first = open_form()
    first.get_by_label("Номер документа").fill("Первый")
    wait_until_saved(first)
    second = open_same_draft(open_form)
    first.get_by_label("Номер документа").fill("Новый")
    wait_until_saved(first)
    second.locator("#id_document").set_input_files(PDF)
    notice = second.get_by_role("alert").filter(has_text="Черновик изменен в другом окне")
    expect(notice).to_contain_text("Новый")
    expect(second.locator("#draft-status")).to_have_text("Не сохранено: выберите, что оставить")
    second.get_by_role("button", name="Оставить введенное здесь").click()
    expect(notice).to_have_count(0)
    attach(second)
    wait_until_saved(second)
    assert get_draft().document_version is not None


def test_a_lost_connection_loses_nothing(open_form: Forms) -> None:
    page = open_form()
    page.get_by_label("Номер документа").fill("Д-1")
    wait_until_saved(page)
    page.route("**/draft/", lambda route: route.abort())
    page.get_by_label("Номер документа").fill("Д-2")
    expect(page.locator("#draft-status")).to_have_text("Пока не сохранено: нет связи с сервером")
    page.unroute("**/draft/")
    page.get_by_role("button", name="Повторить").click()
    wait_until_saved(page)
    assert get_draft().fields["document_number"] == ["Д-2"]
    open_form.errors.clear()


def test_a_response_does_not_overwrite_what_is_typed_meanwhile(open_form: Forms) -> None:
    """One autosave is running, another is waiting, and the document block polls meanwhile."""
    page = open_form()
    page.locator("#id_document").set_input_files(
        {"name": "Договор.docx", "mimeType": "application/x", "buffer": word_file()}
    )
    expect(page.get_by_role("button", name="Открепить")).to_be_visible()
    held_routes: list[Route] = []
    page.route("**/draft/", lambda route: held_routes.append(route), times=1)
    number = page.get_by_label("Номер документа")
    with page.expect_request("**/draft/"):
        number.fill("Д-1")
        number.blur()
    number.fill("Д-2")
    number.blur()
    for _ in range(2):
        page.wait_for_event("response", lambda response: "/document/?draft=" in response.url)
    expect(page.locator("#draft-status")).to_have_text("Сохраняем…")
    held_routes[0].continue_()
    wait_until_saved(page)
    assert get_draft().fields["document_number"] == ["Д-2"]


def test_enter_in_a_field_saves_the_draft_and_creates_nothing(open_form: Forms) -> None:
    page = open_form()
    choose_client(page)
    page.get_by_label("Номер документа").fill("Д-1")
    page.keyboard.press("Enter")
    wait_until_saved(page)
    expect(page.get_by_role("heading", name="Новое задание")).to_be_visible()
    assert get_draft().fields["document_number"] == ["Д-1"]
