"""What a user does in the form, by the texts on the page."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.support.world import pdf_file
from tests.tasks.screens.new_task.conftest import ACCOUNT

CARD = re.compile(r"/tasks/[0-9]+/")
CONTACT = {
    "Фамилия": "Петров",
    "Имя": "Петр",
    "Мобильный телефон": "8 912 345-67-89",
    "Электронная почта": "p@client.example",
}
PERSON = {**CONTACT, "Фамилия": "Иванова", "Имя": "Анна", "Отчество": "Андреевна"}
PDF = {"name": "Договор.pdf", "mimeType": "application/pdf", "buffer": pdf_file()}


def wait_until_saved(page: Page) -> None:
    """Wait until everything typed so far is on the server."""
    expect(page.locator("#draft-status")).to_contain_text("Сохранено в ")


def restore(page: Page) -> None:
    """«Восстановить сохраненные поля» above an empty form."""
    page.get_by_role("link", name="Восстановить сохраненные поля").click()
    expect(page).to_have_url(re.compile(r"[?]draft="))


def client_options(page: Page) -> Locator:
    """The options under the client field."""
    return page.get_by_role("listbox", name="Наименование клиента").get_by_role("option")


def choose_client(page: Page, query: str = "ромашка") -> None:
    field = page.get_by_role("combobox", name="Наименование клиента")
    field.press_sequentially(query)
    client_options(page).first.click()
    expect(page.locator("#client-data")).to_contain_text("ИНН")


def add_contact(page: Page) -> None:
    page.get_by_role("button", name="Добавить").click()
    expect(page.get_by_label("Фамилия")).to_be_focused()
    fill(page, CONTACT)


def fill(page: Page, values: dict[str, str]) -> None:
    for label, value in values.items():
        page.get_by_label(label, exact=True).or_(page.get_by_label(f"{label} (")).fill(value)


def attach(page: Page) -> None:
    page.locator("#id_document").set_input_files(PDF)
    expect(page.get_by_role("button", name="Открепить")).to_be_visible()


def fill_remaining_fields(page: Page) -> None:
    """Everything below the client: account, document, kind, service."""
    page.get_by_label("Лицевой счет").fill(ACCOUNT)
    attach(page)
    page.get_by_label("Вид документа").select_option(label="Договор")
    page.get_by_label("Интернет для бизнеса").check()


def create(page: Page) -> None:
    expect(page.get_by_role("heading", name="Все готово")).to_be_visible()
    page.get_by_role("button", name="Создать задание").click()
    page.wait_for_url(CARD)
