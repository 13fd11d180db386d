"""«Бланки» in Chromium: the audit, and the whole way without JavaScript on a narrow screen."""

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from accounts.roles import Role
from archive import documents
from archive.conversion.results import ConversionResult
from archive.files.storage import store_bytes
from archive.models import DocumentTemplate, TemplateVersion
from tests.support.chromium.screens import Screens, assert_accessible
from tests.support.documents import office
from tests.support.documents.templates import template_bytes
from tests.support.factories import UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEXT = "Договор {{ номер_договора }} с {{ клиент }} на {{ цена|сумма_прописью }}"
NAME = "Договор услуг связи"


def test_a_template_from_upload_to_publication(screens: Screens) -> None:
    editor = UserFactory(roles=[Role.TEMPLATE_EDITOR])
    narrow = {"viewport": {"width": 360, "height": 740}}
    page = screens.open("/", editor, java_script_enabled=False, **narrow)
    expect(page.get_by_role("heading", name="Бланков пока нет")).to_be_visible()
    page.get_by_role("link", name="Добавить бланк").click()
    page.get_by_label("Название").fill(NAME)
    page.get_by_label("Электронная (SMS) подпись").check()
    page.get_by_role("button", name="Добавить").click()
    expect(page.get_by_role("alert")).to_contain_text("Выберите файл Word (DOCX)")
    choose_file(page)
    page.get_by_role("button", name="Добавить").click()
    expect(page.get_by_text("Готовим страницы образца…")).to_be_visible()

    page.get_by_label("Источник поля «номер_договора»").select_option(
        label="Задание: Номер документа"
    )
    page.get_by_label("Источник поля «клиент»").select_option(label="Клиент: Наименование")
    page.get_by_label("Источник поля «цена»").select_option(label="Спросить в форме задания")
    page.get_by_label("Что спросить о поле «цена»").fill("Цена в месяц, рублей")
    page.get_by_role("button", name="Сохранить поля").click()
    convert_sample()
    page.reload()
    expect(page.get_by_role("img", name="Страница 1 документа")).to_be_visible()
    page.get_by_role("button", name="Образец просмотрен, ввести в действие").click()
    expect(page.get_by_text("Введена в действие", exact=True)).to_be_visible()
    assert DocumentTemplate.objects.get().current_version is not None


def test_the_screens_of_templates_pass_the_audit(screens: Screens) -> None:
    editor = UserFactory(roles=[Role.TEMPLATE_EDITOR])
    page = screens.open("/templates/", editor)
    assert_accessible(page)
    page.goto("/templates/add/")
    assert_accessible(page)
    page.get_by_role("button", name="Добавить").click()
    assert_accessible(page)
    page.get_by_label("Название").fill(NAME)
    choose_file(page)
    page.get_by_role("button", name="Добавить").click()
    expect(page.get_by_role("heading", name="Версия 1")).to_be_visible()
    convert_sample()
    expect(page.get_by_role("img", name="Страница 1 документа")).to_be_visible()
    screens.errors.clear()
    template = DocumentTemplate.objects.get()
    for address in ("/templates/", f"/templates/{template.pk}/", f"/templates/{template.pk}/1/"):
        page.goto(address)
        assert screens.errors == [], address
        assert_accessible(page)
        screens.errors.clear()


def choose_file(page: Page) -> None:
    file = {"name": "Договор.docx", "mimeType": "application/octet-stream"}
    page.locator("#id_file").set_input_files({**file, "buffer": template_bytes(TEXT)})


def convert_sample() -> None:
    """What the worker would do."""
    sample = TemplateVersion.objects.get().sample.versions.first()
    pdf = store_bytes(office.pdf_bytes(), "application/pdf")
    with transaction.atomic():
        documents.record_conversion(sample.pk, pdf, ConversionResult("builtin", 1, 1.0))
