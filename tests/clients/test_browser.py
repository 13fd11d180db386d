"""«Управление» in Chromium: htmx, the keyboard, no script, a phone's width, axe."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from accounts.roles import Role, TaskType
from clients.models import Client, ClientContact, Contact
from tests.clients.conftest import FakeCdi
from tests.clients.test_actions import ROMASHKA
from tests.support.chromium.looks import faults
from tests.support.factories import UserFactory
from tests.support.factories_clients import ClientFactory, ContactFactory, PersonFactory
from tests.support.people import browser_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Open = Callable[..., Page]


@pytest.fixture
def complaints() -> list[str]:
    """What the browser's console and its content policy said."""
    return []


@pytest.fixture
def open_page(live_server: LiveServer, browser: Browser, complaints: list[str]) -> Iterator[Open]:
    """Opens an address as a manager to whom every type is opened."""
    user = UserFactory.create(roles=[Role.MANAGER], types=list(TaskType))
    contexts: list[BrowserContext] = []

    def open_(path: str, **options: Any) -> Page:
        context = browser.new_context(base_url=live_server.url, locale="ru-RU", **options)
        contexts.append(context)
        context.add_cookies([session_of(user, live_server.url)])
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()


def session_of(user: User, url: str) -> SetCookieParam:
    cookie = browser_of(user).cookies[settings.SESSION_COOKIE_NAME]
    return {"name": settings.SESSION_COOKIE_NAME, "value": cookie.value, "url": url}


def pencil(page: Page) -> Locator:
    return page.get_by_role("link", name="Редактировать")


@pytest.fixture
def company() -> Client:
    client = ClientFactory.create(short_name="ООО «Ромашка»", inn="7701001100")
    shared = ContactFactory.create(client=client, phone="+79123456789")
    ClientContact.objects.create(client=ClientFactory.create(), contact=shared)
    return client


@pytest.fixture
def pages(company: Client, fake_cdi: FakeCdi) -> dict[str, str]:
    """Every page of «Управление» by its address, in a state worth looking at."""
    fake_cdi.organisations = [ROMASHKA]
    person = PersonFactory.create()
    ContactFactory.create(client=person)
    contact = company.contacts.get()
    card = f"/manage/companies/{company.pk}/"
    return {
        "list": "/manage/companies/",
        "nothing found": "/manage/companies/?q=нет",
        "no cards": "/manage/contractors/",
        "card": card,
        "edit": f"{card}contacts/{contact.pk}/edit/",
        "add contact": f"{card}contacts/add/",
        "found contact": f"{card}contacts/add/?phone=89123456789",
        "wrong phone": f"{card}contacts/add/?phone=1",
        "add company": "/manage/companies/add/?q=ромашка",
        "person": f"/manage/self-employed/{person.pk}/",
        "edit person": f"/manage/self-employed/{person.pk}/edit/",
        "add person": "/manage/contractors/add/",
    }


def test_every_page_is_right_in_every_look(
    pages: dict[str, str], open_page: Open, complaints: list[str]
) -> None:
    page = open_page("/")
    for name, address in pages.items():
        page.goto(address)
        expect(page.locator(".user-name")).to_be_attached()
        assert faults(page) == [], name
    assert [text for text in complaints if "422" not in text] == []


def test_a_contact_is_edited_in_its_row(company: Client, open_page: Open) -> None:
    page = open_page(f"/manage/companies/{company.pk}/")
    pencil(page).click()
    expect(page.get_by_label("Фамилия")).to_be_focused()
    page.get_by_label("Должность").fill("Юрист")
    page.get_by_label("Мобильный телефон").fill("1")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_label("Мобильный телефон").fill("8 912 000 00 01")
    page.get_by_role("button", name="Сохранить").click()
    row = page.get_by_role("row", name="Петров Петр Петрович")
    expect(row).to_contain_text("Юрист")
    expect(row).to_contain_text("+7 912 000-00-01")
    expect(pencil(page)).to_be_focused()
    expect(page.locator("#toasts")).to_contain_text("Сохранено")
    assert Contact.objects.get(phone="+79120000001").current_version.position == "Юрист"


def test_the_row_and_its_form_fit_the_page(company: Client, open_page: Open) -> None:
    page = open_page(f"/manage/companies/{company.pk}/", viewport={"width": 1280, "height": 800})
    hidden = "[...document.querySelectorAll('.table-wrap')].map(e => e.scrollWidth - e.clientWidth)"
    assert page.evaluate(hidden) == [0]
    pencil(page).click()
    expect(page.get_by_label("Фамилия")).to_be_focused()
    assert page.evaluate(hidden) == [0]
    assert faults(page) == []


def test_escape_leaves_the_row_as_it_was(company: Client, open_page: Open) -> None:
    page = open_page(f"/manage/companies/{company.pk}/")
    pencil(page).click()
    page.get_by_label("Должность").fill("Юрист")
    page.keyboard.press("Escape")
    expect(page.get_by_role("row", name="Петров Петр Петрович")).to_contain_text("директор")
    expect(pencil(page)).to_be_focused()


def test_a_broken_link_is_restored_from_the_toast(company: Client, open_page: Open) -> None:
    page = open_page(f"/manage/companies/{company.pk}/")
    page.get_by_role("button", name="Удалить связь").click()
    expect(page.locator("#toasts")).to_contain_text("Связь удалена")
    expect(page.locator("#contacts")).to_contain_text("Контактов пока нет")
    page.get_by_role("button", name="Отменить").click()
    expect(page.locator("#contacts")).to_contain_text("Петров Петр Петрович")


def test_the_list_narrows_as_one_types(company: Client, open_page: Open) -> None:
    ClientFactory.create(short_name="ООО «Лотос»")
    page = open_page("/manage/companies/")
    page.get_by_label("Наименование, ИНН, ОГРН, ОГРНИП").press_sequentially("ромаш")
    expect(page.locator("#results")).not_to_contain_text("Лотос")
    expect(page.locator("#results")).to_contain_text("Ромашка")
    expect(page.get_by_label("Наименование, ИНН, ОГРН, ОГРНИП")).to_be_focused()


def test_everything_works_without_a_script(company: Client, open_page: Open) -> None:
    page = open_page("/manage/companies/", java_script_enabled=False)
    page.get_by_label("Наименование, ИНН, ОГРН, ОГРНИП").fill("ромашка")
    page.get_by_role("button", name="Найти").click()
    page.get_by_role("link", name="ООО «Ромашка»").click()
    pencil(page).click()
    page.get_by_label("Должность").fill("Юрист")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.locator("#contacts")).to_contain_text("Юрист")
    page.get_by_role("button", name="Удалить связь").click()
    page.get_by_role("button", name="Отменить").click()
    expect(page.locator("#contacts")).to_contain_text("Юрист")


def test_a_duplicate_is_linked_from_the_message(company: Client, open_page: Open) -> None:
    ContactFactory.create(phone="+79990000001", version__surname="Найденов")
    page = open_page(f"/manage/companies/{company.pk}/contacts/add/")
    form = page.locator("form").filter(has=page.get_by_label("Фамилия"))
    form.get_by_label("Фамилия").fill("Иванов")
    form.get_by_label("Имя").fill("Иван")
    form.get_by_label("Мобильный телефон").fill("89990000001")
    form.get_by_label("Электронная почта").fill("ivanov@company.example")
    form.get_by_role("button", name="Добавить").click()
    expect(page.get_by_role("alert")).to_contain_text("Данный контакт уже существует")
    page.get_by_role("button", name="Привязать").click()
    expect(page.locator("#contacts")).to_contain_text("Найденов")
