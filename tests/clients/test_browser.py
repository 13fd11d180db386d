"""«Управление» in Chromium: htmx, keyboard, no JavaScript, axe."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.roles import Role, TaskType
from clients.models import Client, ClientContact, Contact
from tests.support.chromium.page_audit import audit
from tests.support.chromium.screens import Screens
from tests.support.factories import UserFactory
from tests.support.factories_clients import ClientFactory, ContactFactory, PersonFactory
from tests.support.fake_cdi import ROMASHKA, FakeCdi

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Open = Callable[..., Page]


@pytest.fixture
def screens(live_server: LiveServer, browser: Browser) -> Iterator[Screens]:
    screens = Screens(live_server, browser)
    yield screens
    screens.close()


@pytest.fixture
def open_page(screens: Screens) -> Open:
    """Opens a path as a manager with access to every task type."""
    user = UserFactory.create(roles=[Role.MANAGER], types=list(TaskType))
    return partial(screens.open, user=user)


def edit_link(page: Page) -> Locator:
    return page.get_by_role("link", name="Редактировать")


@pytest.fixture
def company() -> Client:
    client = ClientFactory.create(short_name="ООО «Ромашка»", inn="7701001100")
    contact = ContactFactory.create(client=client, phone="+79123456789")
    ClientContact.objects.create(client=ClientFactory.create(), contact=contact)
    return client


@pytest.fixture
def pages(company: Client, fake_cdi: FakeCdi) -> dict[str, str]:
    """Paths of all pages of «Управление», with data to show."""
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
        "contact by phone": f"{card}contacts/add/?phone=89123456789",
        "wrong phone": f"{card}contacts/add/?phone=1",
        "add company": "/manage/companies/add/?q=ромашка",
        "person": f"/manage/self-employed/{person.pk}/",
        "edit person": f"/manage/self-employed/{person.pk}/edit/",
        "add person": "/manage/contractors/add/",
    }


def test_every_page_is_accessible_in_every_theme(
    pages: dict[str, str], open_page: Open, screens: Screens
) -> None:
    page = open_page("/")
    for name, path in pages.items():
        page.goto(path)
        expect(page.locator(".user-name")).to_be_attached()
        assert audit(page) == [], name
    assert [text for text in screens.errors if "422" not in text] == []


def test_a_contact_is_edited_in_its_row(company: Client, open_page: Open) -> None:
    page = open_page(f"/manage/companies/{company.pk}/")
    edit_link(page).click()
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
    expect(edit_link(page)).to_be_focused()
    expect(page.locator("#toasts")).to_contain_text("Сохранено")
    assert Contact.objects.get(phone="+79120000001").current_version.position == "Юрист"


def test_the_row_and_its_form_do_not_overflow(company: Client, open_page: Open) -> None:
    page = open_page(f"/manage/companies/{company.pk}/", viewport={"width": 1280, "height": 800})
    overflow = (
        "[...document.querySelectorAll('.table-wrap')].map(e => e.scrollWidth - e.clientWidth)"
    )
    assert page.evaluate(overflow) == [0]
    edit_link(page).click()
    expect(page.get_by_label("Фамилия")).to_be_focused()
    assert page.evaluate(overflow) == [0]
    assert audit(page) == []


def test_escape_cancels_the_edit(company: Client, open_page: Open) -> None:
    page = open_page(f"/manage/companies/{company.pk}/")
    edit_link(page).click()
    page.get_by_label("Должность").fill("Юрист")
    page.keyboard.press("Escape")
    expect(page.get_by_role("row", name="Петров Петр Петрович")).to_contain_text("директор")
    expect(edit_link(page)).to_be_focused()


def test_the_toast_restores_a_deleted_link(company: Client, open_page: Open) -> None:
    page = open_page(f"/manage/companies/{company.pk}/")
    page.get_by_role("button", name="Удалить связь").click()
    expect(page.locator("#toasts")).to_contain_text("Связь удалена")
    expect(page.locator("#contacts")).to_contain_text("Контактов пока нет")
    page.get_by_role("button", name="Отменить").click()
    expect(page.locator("#contacts")).to_contain_text("Петров Петр Петрович")


def test_the_list_is_filtered_while_typing(company: Client, open_page: Open) -> None:
    ClientFactory.create(short_name="ООО «Лотос»")
    page = open_page("/manage/companies/")
    page.get_by_label("Наименование, ИНН, ОГРН, ОГРНИП").press_sequentially("ромаш")
    expect(page.locator("#results")).not_to_contain_text("Лотос")
    expect(page.locator("#results")).to_contain_text("Ромашка")
    expect(page.get_by_label("Наименование, ИНН, ОГРН, ОГРНИП")).to_be_focused()


def test_everything_works_without_javascript(company: Client, open_page: Open) -> None:
    page = open_page("/manage/companies/", java_script_enabled=False)
    page.get_by_label("Наименование, ИНН, ОГРН, ОГРНИП").fill("ромашка")
    page.get_by_role("button", name="Найти").click()
    page.get_by_role("link", name="ООО «Ромашка»").click()
    edit_link(page).click()
    page.get_by_label("Должность").fill("Юрист")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.locator("#contacts")).to_contain_text("Юрист")
    page.get_by_role("button", name="Удалить связь").click()
    page.get_by_role("button", name="Отменить").click()
    expect(page.locator("#contacts")).to_contain_text("Юрист")


def test_the_message_offers_to_link_a_duplicate(company: Client, open_page: Open) -> None:
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
