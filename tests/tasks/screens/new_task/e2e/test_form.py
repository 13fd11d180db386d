"""The form in Chromium: by keyboard, contacts, the account check, the document."""

import base64
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.roles import TaskType
from clients.actions import DUPLICATE_MESSAGE
from clients.models import Client
from econtract.platform.outbox import worker
from econtract.platform.outbox.models import OutboxJob
from tests.support.chromium.keyboard import Keyboard
from tests.support.documents import office
from tests.support.factories_clients import ContactFactory, person_inn
from tests.support.world import pdf_file, word_file
from tests.tasks.screens.new_task.conftest import (
    ACCOUNT,
    IVANOVA,
    PHONE,
    FakeOutsideSystems,
    get_task,
)
from tests.tasks.screens.new_task.e2e.conftest import Forms
from tests.tasks.screens.new_task.e2e.steps import (
    CARD,
    PDF,
    PERSON,
    add_contact,
    choose_client,
    client_options,
    create,
    fill,
    fill_remaining_fields,
    wait_until_saved,
)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("new-task")]


def test_a_company_task_by_keyboard_only(open_form: Forms) -> None:
    page = open_form()
    keys = Keyboard(page)
    keys.tab_to("Наименование клиента")
    keys.type("ромашка")
    expect(client_options(page)).to_have_count(1)
    keys.press("ArrowDown", "Enter")
    expect(page.locator("#client-data")).to_contain_text("Новая карточка")
    keys.tab_to("Добавить")
    keys.press("Enter")
    expect(page.get_by_label("Фамилия")).to_be_focused()
    for value in ("Петров", "Петр", "Петрович", "89123456789", "p@client.example"):
        keys.type(value)
        keys.press("Tab")
    wait_until_saved(page)  # no response is still to come that would change the page
    keys.tab_to("Документ")
    expect(page.locator("#id_document")).to_be_focused()
    with page.expect_file_chooser() as chooser:
        keys.press("Space")
    chooser.value.set_files(
        {"name": "a.pdf", "mimeType": "application/octet-stream", "buffer": pdf_file()}
    )
    expect(page.get_by_role("button", name="Открепить")).to_be_visible()
    keys.tab_to("Лицевой счет")
    keys.type(ACCOUNT)
    keys.tab_to("Вид документа")
    keys.press("ArrowDown")
    keys.tab_to("Интернет для бизнеса")
    keys.press("Space")
    keys.tab_to("Лицевой счет")
    keys.press("Enter")
    expect(page.locator("#account-status")).to_contain_text("ЛС проверен")
    expect(page.get_by_label("Лицевой счет")).to_be_focused()
    expect(page.get_by_role("heading", name="Все готово")).to_be_visible()
    keys.press("Control+Enter")
    page.wait_for_url(CARD)
    task = get_task()
    assert task.account_verified_at is not None
    assert task.document_number == ACCOUNT
    assert task.contact_version.full_name == "Петров Петр Петрович"


def test_a_person_task_by_keyboard_only(open_form: Forms, outside: FakeOutsideSystems) -> None:
    account = f"850{IVANOVA.inn[:9]}"
    outside.accounts.add((account, IVANOVA.inn))
    page = open_form("/tasks/new/self-employed/")
    keys = Keyboard(page)
    keys.tab_to_element(page.get_by_label("ИНН", exact=True))
    keys.type(IVANOVA.inn)
    keys.press("Tab")
    expect(page.get_by_label("Отчество")).to_have_value("Андреевна")
    # The server fills the field that has the cursor as well, because it is empty.
    expect(page.get_by_label("Фамилия")).to_have_value("Иванова")
    for label in ("Мобильный телефон", "Электронная почта"):
        keys.tab_to(label)
        keys.type(PERSON[label])
    keys.press("Tab")
    wait_until_saved(page)
    keys.tab_to_element(page.locator("#id_document"))
    with page.expect_file_chooser() as chooser:
        keys.press("Space")
    chooser.value.set_files(PDF)
    expect(page.get_by_role("button", name="Открепить")).to_be_visible()
    keys.tab_to("Лицевой счет")
    keys.type(account)
    keys.tab_to("Вид документа")
    keys.press("ArrowDown")
    keys.tab_to("Интернет для бизнеса")
    keys.press("Space")
    wait_until_saved(page)
    expect(page.get_by_role("heading", name="Все готово")).to_be_visible()
    keys.press("Control+Enter")
    page.wait_for_url(CARD)
    assert get_task().task_type == TaskType.SELF_EMPLOYED


@pytest.mark.parametrize("slug", ["self-employed", "contractor"])
def test_a_person_signs_without_company_and_contact(
    slug: str, open_form: Forms, outside: FakeOutsideSystems
) -> None:
    inn = {"self-employed": IVANOVA.inn, "contractor": person_inn(77)}[slug]
    outside.accounts.add((ACCOUNT, inn))
    page = open_form(f"/tasks/new/{slug}/")
    fill(page, {"ИНН": inn, **PERSON})
    fill_remaining_fields(page)
    create(page)
    assert get_task().client.inn == inn


def test_the_inn_of_a_self_employed_client_fills_in_the_name(open_form: Forms) -> None:
    page = open_form("/tasks/new/self-employed/")
    page.get_by_label("ИНН", exact=True).fill(IVANOVA.inn)
    page.keyboard.press("Tab")
    expect(page.get_by_label("Отчество")).to_have_value("Андреевна")
    # The cursor is in this field already.
    expect(page.get_by_label("Фамилия")).to_have_value("Иванова")


# --- Contact -------------------------------------------------------------------------------------


def test_a_duplicate_contact_can_be_linked(open_form: Forms) -> None:
    existing = ContactFactory(phone=PHONE, version__surname="Орлов")
    page = open_form()
    choose_client(page)
    add_contact(page)
    page.keyboard.press("Tab")
    expect(page.locator("#contact-section")).to_contain_text(DUPLICATE_MESSAGE)
    expect(page.get_by_label("Мобильный телефон")).to_have_attribute("aria-invalid", "true")
    page.get_by_role("button", name="Привязать").click()
    expect(page.get_by_role("radio", name="Орлов")).to_be_checked()
    expect(page.get_by_label("Фамилия")).to_have_count(0)
    fill_remaining_fields(page)
    create(page)
    assert get_task().contact_version == existing.current


def test_the_search_by_phone_is_left_of_the_add_button(open_form: Forms) -> None:
    ContactFactory(phone=PHONE, version__surname="Орлов")
    page = open_form()
    choose_client(page)
    search = page.get_by_label("Найти контакт по телефону")
    search.fill("8 912 345-67-89")
    search.press("Enter")
    expect(page.get_by_role("radio", name="Орлов")).to_be_checked()
    add = page.get_by_role("button", name="Добавить").bounding_box()
    field = search.bounding_box()
    assert add is not None
    assert field is not None
    assert field["x"] < add["x"]


# --- «Проверка ЛС» -------------------------------------------------------------------------------


def test_the_six_outcomes_of_the_account_check(
    open_form: Forms, manager: User, outside: FakeOutsideSystems
) -> None:
    page = open_form()
    choose_client(page)
    account, block = page.get_by_label("Лицевой счет"), page.locator("#account-block")
    account.press_sequentially("85я1")
    expect(account).to_have_value("851")
    expect(block).to_contain_text("Некорректно указан код лицевого счета")
    check = page.get_by_role("button", name="Проверка ЛС")
    expect(check).to_be_disabled()
    account.fill("850")
    account.press("Enter")
    expect(block).to_contain_text("Лицевой счет должен состоять из 12 цифр")
    expect(check).to_be_disabled()
    account.fill("850000000000")
    check.click()
    expect(block).to_contain_text("ЛС создан менее 60 минут назад")
    outside.eip_down = True
    check.click()
    expect(block).to_contain_text("ЕИП не отвечает")
    outside.eip_down = False
    account.fill(ACCOUNT)
    expect(block).to_contain_text("ЛС проверен")
    account.fill(ACCOUNT[:-1])
    expect(block).to_contain_text("Требуется повторная проверка")
    manager.regions.clear()
    account.fill(ACCOUNT)
    expect(block).to_contain_text("Выберите регион инсталляции")


# --- Document ------------------------------------------------------------------------------------


def test_the_converted_document_appears_without_a_reload(open_form: Forms) -> None:
    page = open_form()
    page.locator("#id_document").set_input_files(
        {"name": "Договор.docx", "mimeType": "application/x", "buffer": word_file()}
    )
    expect(page.get_by_text("Преобразуем в PDF…")).to_be_visible()
    for pk in OutboxJob.objects.claimable().values_list("pk", flat=True):
        worker.run_job(pk)
    picture = page.get_by_alt_text("Страница 1 документа")
    expect(picture).to_be_visible()
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("naturalWidth", 1000)
    page.get_by_role("link", name="Текст документа").click()
    expect(page.get_by_role("dialog")).to_contain_text("Договор об оказании услуг связи")


DROP = """
([name, data]) => {
  const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
  const files = new DataTransfer();
  files.items.add(new File([bytes], name));
  document.querySelector('.filedrop-area').dispatchEvent(
    new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: files }));
}
"""


def drop(page: Page, name: str, content: bytes) -> None:
    """Drop a file on the upload area."""
    page.evaluate(DROP, [name, base64.b64encode(content).decode()])


def test_every_dropped_file_shows_its_own_pages(open_form: Forms) -> None:
    page = open_form()
    drop(page, "Первый.pdf", office.pdf_bytes(pages=1))
    expect(page.get_by_text("Первый.pdf")).to_be_visible()
    pictures = page.get_by_alt_text("Страница", exact=False)
    expect(pictures).to_have_count(1)
    first = pictures.first.get_attribute("src")
    page.get_by_role("button", name="Открепить").click()
    expect(pictures).to_have_count(0)
    drop(page, "Второй.pdf", office.pdf_bytes(pages=3))
    expect(page.get_by_text("Второй.pdf")).to_be_visible()
    expect(pictures).to_have_count(3)
    expect(pictures.first).to_have_js_property("complete", value=True)
    assert pictures.first.get_attribute("src") != first


def test_an_unusable_client_cannot_be_chosen(open_form: Forms, outside: FakeOutsideSystems) -> None:
    outside.organisations = [
        replace(row, state=Client.State.BANKRUPT) for row in outside.organisations
    ]
    page = open_form()
    page.get_by_role("combobox", name="Наименование клиента").press_sequentially("ромашка")
    option = client_options(page)
    expect(option).to_contain_text("Клиент признан банкротом")
    option.click(force=True)
    expect(page.locator("input[name=client]")).to_have_value("")
