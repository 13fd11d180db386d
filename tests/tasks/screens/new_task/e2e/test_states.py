"""Every state of the form in every look, and the form without JavaScript."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from clients.actions import DUPLICATE_MESSAGE
from clients.models import Client
from tasks.models import Draft
from tests.support.chromium.page_audit import audit
from tests.support.factories_clients import ClientFactory, ContactFactory
from tests.tasks.screens.new_task.conftest import (
    ACCOUNT,
    PHONE,
    ROMASHKA,
    FakeOutsideSystems,
    get_task,
)
from tests.tasks.screens.new_task.e2e.conftest import Forms
from tests.tasks.screens.new_task.e2e.steps import (
    CARD,
    CONTACT,
    PDF,
    PERSON,
    add_contact,
    attach,
    choose_client,
    client_options,
    fill,
    fill_remaining_fields,
    restore,
    wait_until_saved,
)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("new-task")]


def empty(page: Page) -> None:
    """As it opens."""


def searching(page: Page) -> None:
    page.get_by_role("combobox", name="Наименование клиента").press_sequentially("ромашка")
    expect(client_options(page)).to_have_count(1)


def complete(page: Page) -> None:
    choose_client(page)
    add_contact(page)
    fill_remaining_fields(page)
    page.get_by_role("button", name="Проверка ЛС").click()
    expect(page.locator("#account-status")).to_contain_text("ЛС проверен")
    page.get_by_label("Виртуальная АТС").check()
    wait_until_saved(page)


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
    ContactFactory(
        version__email=CONTACT["Электронная почта"],
        version__surname=CONTACT["Фамилия"],
        version__given_name=CONTACT["Имя"],
        version__patronymic="",
    )
    choose_client(page)
    add_contact(page)
    page.keyboard.press("Tab")
    expect(page.get_by_text("Такой контакт уже есть в базе")).to_be_visible()


def several_contacts(page: Page) -> None:
    card = ClientFactory(inn=ROMASHKA.inn, kpp=ROMASHKA.kpp, needs_approval=True)
    for _ in range(9):
        ContactFactory(client=card)
    choose_client(page)
    page.get_by_role("combobox", name="Контактное лицо клиента").click()
    expect(page.get_by_role("listbox", name="Контактное").get_by_role("option")).to_have_count(9)


def restorable(page: Page) -> None:
    page.get_by_label("Номер документа").fill("Д-1")
    wait_until_saved(page)
    page.reload()
    expect(page.get_by_text("Есть несохраненные данные")).to_be_visible()


def in_conflict(page: Page) -> None:
    restorable(page)
    restore(page)
    Draft.objects.update(revision=99, page="another")
    page.get_by_label("Номер документа").fill("Д-2")
    expect(page.get_by_role("heading", name="Черновик изменен в другом окне")).to_be_visible()


def bad_file(page: Page) -> None:
    page.locator("#id_document").set_input_files({**PDF, "buffer": b"PK\x03\x04nonsense"})
    expect(page.locator("#id_document_error")).to_be_visible()


STATES: list[Callable[[Page], None]] = [
    empty,
    searching,
    complete,
    refused,
    duplicate,
    similar,
    several_contacts,
    restorable,
    in_conflict,
    bad_file,
]


@pytest.mark.sampled(6)
@pytest.mark.parametrize("reach_state", STATES, ids=lambda reach_state: reach_state.__name__)
def test_a_company_form_is_accessible(
    reach_state: Callable[[Page], None], open_form: Forms
) -> None:
    page = open_form()
    reach_state(page)
    assert audit(page) == []


def complete_person(page: Page) -> None:
    fill(page, {"ИНН": "500100732259", **PERSON})
    fill_remaining_fields(page)
    wait_until_saved(page)


@pytest.mark.parametrize(
    "reach_state", [empty, complete_person, refused], ids=lambda reach_state: reach_state.__name__
)
def test_a_person_form_is_accessible(reach_state: Callable[[Page], None], open_form: Forms) -> None:
    page = open_form("/tasks/new/self-employed/")
    reach_state(page)
    assert audit(page) == []


@pytest.mark.parametrize("state", ["choice", "no regions", "cdi down"])
def test_pages_around_the_form_are_accessible(
    state: str, open_form: Forms, manager: User, outside: FakeOutsideSystems
) -> None:
    if state == "no regions":
        manager.regions.clear()
    outside.cdi_down = state == "cdi down"
    page = open_form("/tasks/new/" if state == "choice" else "/tasks/new/company/")
    if state == "cdi down":
        page.get_by_role("combobox", name="Наименование клиента").press_sequentially("ромашка")
        expect(page.get_by_text("CDI не отвечает").first).to_be_visible()
    assert audit(page) == []


# --- Without JavaScript --------------------------------------------------------------------------


def open_without_javascript(
    open_form: Forms, path: str = "/tasks/new/company/", **options: Any
) -> Page:
    return open_form(path, java_script_enabled=False, **options)


def test_a_company_task_without_javascript(open_form: Forms) -> None:
    page = open_without_javascript(open_form)
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
    task = get_task()
    assert task.account_verified_at is not None
    assert task.contact_version.phone == PHONE
    assert Client.objects.count() == 1


def test_the_fraud_check_reminder_needs_no_javascript(open_form: Forms) -> None:
    page = open_without_javascript(open_form)
    reminder = page.get_by_text("Проверьте клиента на благонадежность")
    expect(reminder).to_be_hidden()
    page.get_by_label("Виртуальная АТС").check()
    expect(reminder).to_be_visible()
    page.get_by_label("Виртуальная АТС").uncheck()
    expect(reminder).to_be_hidden()


def test_draft_and_closing_without_javascript(open_form: Forms) -> None:
    page = open_without_javascript(open_form)
    page.get_by_label("Номер документа").fill("Д-1")
    page.get_by_role("button", name="Сохранить черновик").click()
    expect(page.get_by_text("Сохранено в")).to_be_visible()
    page.goto("/tasks/new/company/")
    restore(page)
    expect(page.get_by_label("Номер документа")).to_have_value("Д-1")
    page.get_by_role("button", name="Закрыть").click()
    page.get_by_role("button", name="Отменить").click()
    expect(page.get_by_label("Номер документа")).to_have_value("Д-1")


def test_a_contact_is_found_and_linked_without_javascript(open_form: Forms) -> None:
    ContactFactory(phone=PHONE, version__surname="Орлов")
    page = open_without_javascript(open_form)
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


def test_a_file_is_detached_without_javascript(open_form: Forms) -> None:
    page = open_without_javascript(open_form)
    page.locator("#id_document").set_input_files(PDF)
    page.get_by_role("button", name="Сохранить черновик").click()
    expect(page.get_by_alt_text("Страница 1 документа")).to_be_visible()
    page.get_by_role("button", name="Открепить").click()
    expect(page.locator("#id_document[type=file]")).to_be_visible()


def test_attaching_and_detaching_move_the_focus(open_form: Forms) -> None:
    page = open_form()
    page.locator("#id_document").focus()
    attach(page)
    expect(page.get_by_role("button", name="Открепить")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#id_document")).to_be_focused()
