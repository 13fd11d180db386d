import re, time
import pytest
from playwright.sync_api import expect
from tests.new_task.e2e.conftest import findings, overflow
from tests.support.sandbox import ROMASHKA
from tests.support.world import pdf_file


def test_dev(open_form, manager):
    t = time.time()
    page = open_form(viewport={"width": 1280, "height": 900})
    page.screenshot(path="/tmp/form-data/1.png", full_page=True)
    print(findings(page))
    page.get_by_role("combobox", name="Наименование клиента").press_sequentially(
        "ромашка", delay=10
    )
    page.wait_for_selector(".option")
    page.screenshot(path="/tmp/form-data/2.png", full_page=True)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#client-facts")).to_contain_text("Новая карточка")
    page.get_by_role("button", name="Добавить").click()
    expect(page.get_by_label("Фамилия")).to_be_focused()
    page.keyboard.type("Петров")
    page.keyboard.press("Tab")
    page.keyboard.type("Петр")
    page.keyboard.press("Tab")
    page.keyboard.type("Петрович")
    page.keyboard.press("Tab")
    page.keyboard.type("8 912 345-67-89")
    page.keyboard.press("Tab")
    page.keyboard.type("a@b.ru")
    page.keyboard.press("Tab")
    page.get_by_label("Регион инсталляции").select_option(label="Москва и Московская область")
    page.get_by_label("Лицевой счет").press_sequentially("123")
    page.wait_for_timeout(1500)
    page.screenshot(path="/tmp/form-data/3.png", full_page=True)
    print(findings(page))
    page.get_by_label("Лицевой счет").fill("850" + ROMASHKA[:9])
    page.wait_for_timeout(1500)
    page.get_by_role("button", name="Проверка ЛС").click()
    expect(page.locator("#account-block")).to_contain_text("ЛС проверен")
    page.locator("#id_document").set_input_files(
        {"name": "Договор.pdf", "mimeType": "application/pdf", "buffer": pdf_file()}
    )
    expect(page.get_by_role("button", name="Открепить")).to_be_visible()
    page.get_by_label("Вид документа").select_option(label="Договор")
    page.get_by_label("Мобильная связь").check()
    page.wait_for_timeout(1500)
    page.screenshot(path="/tmp/form-data/4.png", full_page=True)
    print(findings(page))
    page.get_by_role("button", name="Создать задание").click()
    page.wait_for_timeout(1500)
    page.screenshot(path="/tmp/form-data/5.png", full_page=True)
    print(findings(page))
    print(page.url, time.time() - t)
    print(open_form.complaints)
