"""Every state of the form in every look, and the form without a script."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from clients.actions import DUPLICATE_MESSAGE
from clients.models import Client
from tests.support.chromium.looks import faults
from tests.support.factories_clients import ClientFactory, ContactFactory
from tests.tasks.screens.new_task.conftest import ACCOUNT, PHONE, ROMASHKA, Outside, the_task
from tests.tasks.screens.new_task.e2e.conftest import Forms
from tests.tasks.screens.new_task.e2e.steps import (
    CARD,
    CONTACT,
    PDF,
    PERSON,
    add_contact,
    attach,
    choose_client,
    fill,
    fill_the_rest,
    options,
    saved,
)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("new-task")]


def empty(page: Page) -> None:
    """As it opens."""


def searching(page: Page) -> None:
    page.get_by_role("combobox", name="Наименование клиента").press_sequentially("ромашка")
    expect(options(page)).to_have_count(1)


def filled(page: Page) -> None:
    choose_client(page)
    add_contact(page)
    fill_the_rest(page)
    page.get_by_role("button", name="Проверка ЛС").click()
    expect(page.locator("#account-status")).to_contain_text("ЛС проверен")
    page.get_by_label("Виртуальная АТС").check()
    saved(page)


def refused(page: Page) -> None:
    page.get_by_role("button", name="Создать задание").click()
    expect(page.get_by_role("alert")).to_be_focused()


def duplicate(page: Page) -> None:
    ContactFactory(phone=PHONE)
    choose_client(page)
    add_contact(page)
    page.keyboard.press("Tab")
    expect(page.locator("#contact-section")).to_contain_text(DUPLICATE_MESSAGE)


def similar(page: Page) -> None:
    ContactFactory(version__email=CONTACT["Электронная почта"])
    choose_client(page)
    add_contact(page)
    page.keyboard.press("Tab")
    expect(page.get_by_text("Похожие уже есть в базе")).to_be_visible()


def several_contacts(page: Page) -> None:
    card = ClientFactory(inn=ROMASHKA.inn, kpp=ROMASHKA.kpp, needs_approval=True)
    for _ in range(2):
        ContactFactory(client=card)
    choose_client(page)
    expect(page.get_by_role("radio")).to_have_count(2)


def restorable(page: Page) -> None:
    page.get_by_label("Номер документа").fill("Д-1")
    saved(page)
    page.reload()
    expect(page.get_by_text("Есть несохраненные данные")).to_be_visible()


def in_conflict(page: Page) -> None:
    restorable(page)
    page.get_by_label("Номер документа").fill("Д-2")
    expect(page.get_by_role("heading", name="Есть другой черновик")).to_be_visible()


def bad_file(page: Page) -> None:
    page.locator("#id_document").set_input_files({**PDF, "buffer": b"PK\x03\x04nonsense"})
    expect(page.locator("#id_document_error")).to_be_visible()


STATES: list[Callable[[Page], None]] = [
    empty,
    searching,
    filled,
    refused,
    duplicate,
    similar,
    several_contacts,
    restorable,
    in_conflict,
    bad_file,
]


@pytest.mark.parametrize("reach", STATES, ids=lambda reach: reach.__name__)
def test_axe_finds_nothing_on_a_company_form(
    reach: Callable[[Page], None], open_form: Forms
) -> None:
    page = open_form()
    reach(page)
    assert faults(page) == []


def person_filled(page: Page) -> None:
    fill(page, {"ИНН": "500100732259", **PERSON})
    fill_the_rest(page)
    saved(page)


@pytest.mark.parametrize("reach", [empty, person_filled, refused], ids=lambda reach: reach.__name__)
def test_axe_finds_nothing_on_a_person_form(
    reach: Callable[[Page], None], open_form: Forms
) -> None:
    page = open_form("/tasks/new/self-employed/")
    reach(page)
    assert faults(page) == []


@pytest.mark.parametrize("state", ["choice", "no regions", "cdi down"])
def test_axe_finds_nothing_beside_the_form(
    state: str, open_form: Forms, manager: User, outside: Outside
) -> None:
    if state == "no regions":
        manager.regions.clear()
    outside.cdi_down = state == "cdi down"
    page = open_form("/tasks/new/" if state == "choice" else "/tasks/new/company/")
    if state == "cdi down":
        page.get_by_role("combobox", name="Наименование клиента").press_sequentially("ромашка")
        expect(page.get_by_text("CDI не отвечает").first).to_be_visible()
    assert faults(page) == []


# --- Without a script ----------------------------------------------------------------------------


def plain(open_form: Forms, path: str = "/tasks/new/company/", **more: Any) -> Page:
    return open_form(path, java_script_enabled=False, **more)


def test_a_company_task_without_a_script(open_form: Forms) -> None:
    page = plain(open_form)
    page.get_by_label("Наименование клиента", exact=True).fill("ромашка")
    page.get_by_role("button", name="Найти").first.click()
    page.get_by_role("radio", name=ROMASHKA.short_name).check()
    page.get_by_role("button", name="Добавить").click()
    fill(page, CONTACT)
    page.get_by_role("button", name="Подобрать ЛК ЭДО и подписанта").click()
    expect(page.get_by_text("Новая карточка")).to_be_visible()
    page.get_by_label("Лицевой счет").fill(ACCOUNT)
    page.get_by_label("Интернет для бизнеса").check()
    page.get_by_role("button", name="Проверка ЛС").click()
    expect(page.get_by_text("ЛС проверен")).to_be_visible()
    expect(page.get_by_label("Номер документа")).to_have_value(ACCOUNT)
    page.get_by_role("button", name="Создать задание").click()
    expect(page.get_by_role("alert")).to_contain_text("Вложите документ")
    page.locator("#id_document").set_input_files(PDF)
    page.get_by_label("Вид документа").select_option(label="Договор")
    page.get_by_role("button", name="Создать задание").click()
    page.wait_for_url(CARD)
    task = the_task()
    assert task.account_verified_at is not None
    assert task.contact_version.phone == PHONE
    assert Client.objects.count() == 1


def test_the_reminder_of_the_reliability_check_needs_no_script(open_form: Forms) -> None:
    page = plain(open_form)
    reminder = page.get_by_text("Проверьте клиента на благонадежность")
    expect(reminder).to_be_hidden()
    page.get_by_label("Виртуальная АТС").check()
    expect(reminder).to_be_visible()
    page.get_by_label("Виртуальная АТС").uncheck()
    expect(reminder).to_be_hidden()


def test_draft_and_close_without_a_script(open_form: Forms) -> None:
    page = plain(open_form)
    page.get_by_label("Номер документа").fill("Д-1")
    page.get_by_role("button", name="Сохранить черновик").click()
    expect(page.get_by_text("Сохранено в")).to_be_visible()
    page.goto("/tasks/new/company/")
    page.get_by_role("link", name="Восстановить сохраненные поля").click()
    expect(page.get_by_label("Номер документа")).to_have_value("Д-1")
    page.get_by_role("button", name="Закрыть").click()
    page.get_by_role("button", name="Отменить").click()
    expect(page.get_by_label("Номер документа")).to_have_value("Д-1")


def test_a_contact_is_found_and_linked_without_a_script(open_form: Forms) -> None:
    ContactFactory(phone=PHONE, version__surname="Орлов")
    page = plain(open_form)
    page.get_by_label("Найти контакт по телефону").fill("89123456780")
    page.get_by_role("button", name="Найти").last.click()
    expect(page.get_by_text("Контакта с таким телефоном нет")).to_be_visible()
    page.get_by_label("Найти контакт по телефону").fill("89123456789")
    page.get_by_role("button", name="Найти").last.click()
    expect(page.get_by_role("radio", name="Орлов")).to_be_checked()
    page.get_by_role("button", name="Добавить").click()
    fill(page, CONTACT)
    page.get_by_role("button", name="Сохранить черновик").click()
    expect(page.get_by_text(DUPLICATE_MESSAGE).first).to_be_visible()
    page.get_by_role("button", name="Привязать").click()
    expect(page.get_by_role("radio", name="Орлов")).to_be_checked()


def test_a_file_is_detached_without_a_script(open_form: Forms) -> None:
    page = plain(open_form)
    page.locator("#id_document").set_input_files(PDF)
    page.get_by_role("button", name="Сохранить черновик").click()
    expect(page.get_by_alt_text("Страница 1 документа")).to_be_visible()
    page.get_by_role("button", name="Открепить").click()
    expect(page.locator("#id_document[type=file]")).to_be_visible()


def test_attaching_keeps_the_cursor_on_the_page(open_form: Forms) -> None:
    page = open_form()
    page.locator("#id_document").focus()
    attach(page)
    expect(page.get_by_role("button", name="Открепить")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#id_document")).to_be_focused()
