"""A template from its upload to a signed task, in a browser against running processes."""

import re

import pytest
from playwright.sync_api import Page, expect

from tasks.models import SigningTask
from tasks.statuses import Status
from tests.e2e import steps
from tests.e2e.conftest import Open
from tests.support import world
from tests.support.documents.templates import template_bytes
from tests.support.stack import Stack

pytestmark = [
    pytest.mark.browser,
    pytest.mark.processes,
    pytest.mark.story,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("e2e"),
]

NAME = "Договор услуг связи"
TEXT = "Договор {{ номер }}: {{ клиент }} в лице {{ лицо }}, {{ цена|сумма_прописью }} в месяц"
SOURCES = {
    "номер": "Задание: Номер документа",
    "клиент": "Клиент: Наименование",
    "лицо": "Контакт: ФИО, кого",
    "цена": "Спросить в форме задания",
}
ACCOUNT, PHONE = "850770100110", "8 912 345-67-89"


def test_from_the_upload_of_a_template_to_a_signed_task(
    log_in: Open, client: Page, stack: Stack
) -> None:
    publish_template(log_in("admin"))
    page = log_in()
    task = create_from_template(page)
    steps.find(page, task, Status.IDENTIFICATION_PENDING, stack)
    steps.answer(client, task)
    steps.find(page, task, Status.DOCUMENT_SIGNING, stack)
    steps.open_document(client, task)
    client.get_by_role("button", name="Подписать", exact=True).click()
    expect(client.get_by_text("Подпись верна")).to_have_count(2)
    steps.find(page, task, Status.COMPLETED, stack)
    version = steps.fresh(task).document_version
    assert version is not None
    assert version.template_version is not None
    assert version.template_version.template.name == NAME
    expect(page.get_by_role("link", name="Скачать подписанный пакет")).to_be_visible()


def publish_template(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Бланки").click()
    page.get_by_role("link", name="Добавить бланк").click()
    page.get_by_label("Название").fill(NAME)
    file = {"name": "Договор.docx", "mimeType": "application/octet-stream"}
    page.locator("#id_file").set_input_files({**file, "buffer": template_bytes(TEXT)})
    page.get_by_role("button", name="Добавить").click()
    for field, source in SOURCES.items():
        page.get_by_label(f"Источник поля «{field}»").select_option(label=source)
    page.get_by_label("Что спросить о поле «цена»").fill("Цена в месяц, рублей")
    page.get_by_role("button", name="Сохранить поля").click()
    expect(page.get_by_role("img", name="Страница 1 документа")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Образец просмотрен, ввести в действие").click()
    expect(page.get_by_text("Введена в действие", exact=True)).to_be_visible()


def create_from_template(page: Page) -> SigningTask:
    """A seamless company task whose document is filled in the form."""
    page.goto("/tasks/new/company/")
    page.get_by_role("combobox", name="Наименование клиента").press_sequentially("ромашка")
    page.get_by_role("listbox").get_by_role("option").first.click()
    expect(page.locator("#client-data")).to_contain_text("7701001100")
    page.get_by_role("button", name="Добавить").click()
    person = page.locator("#new-contact")
    person.get_by_label("Фамилия").fill("Петров")
    person.get_by_label("Имя").fill("Петр")
    person.get_by_label("Отчество").fill("Петрович")
    person.get_by_label("Мобильный телефон").fill(PHONE)
    person.get_by_label("Электронная почта").fill("p@romashka.example")
    steps.choose_region(page, world.SEAMLESS)
    page.get_by_label("ЛК ЭДО").select_option(label="ПАО «Ростелеком», макрорегион «Центр»")
    page.get_by_label("Подписант").select_option(label="Иванова Елена Викторовна")
    page.get_by_label("Интернет для бизнеса").check()
    page.get_by_label("Лицевой счет").fill(ACCOUNT)
    page.get_by_role("button", name="Проверка ЛС").click()
    expect(page.locator("#account-status")).to_contain_text("ЛС проверен")
    page.get_by_label("Вид документа").select_option(label="Договор")

    page.get_by_text("Заполнить бланк").click()
    page.get_by_label("Бланк", exact=True).select_option(label=NAME)
    page.get_by_role("button", name="Выбрать бланк").click()
    page.get_by_label("Цена в месяц, рублей").fill("1 200,50")
    page.get_by_role("button", name="Заполнить", exact=True).click()
    expect(page.get_by_role("button", name="Открепить")).to_be_visible()
    expect(page.get_by_role("heading", name="Все готово")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Создать задание").click()
    page.wait_for_url(re.compile(r"/tasks/\d+/$"))
    return SigningTask.objects.get(pk=int(page.url.rstrip("/").rpartition("/")[2]))
