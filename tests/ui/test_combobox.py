"""The combobox (static/js/components/combobox.js) in Chromium."""

import pytest
from playwright.sync_api import Page, expect

from tests.ui.conftest import FakeSite, OpenPage

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("ui"),
    pytest.mark.usefixtures("demo_server"),
]


def type_client(page: Page, text: str) -> None:
    page.locator("#client").focus()
    page.keyboard.type(text)


def test_a_client_is_chosen_with_the_keyboard_alone(site: FakeSite, open_page: OpenPage) -> None:
    page = open_page()
    type_client(page, "ром")
    expect(page.locator("#client-list .option")).to_have_count(2)
    expect(page.locator("#announce")).to_have_text("Найдено: 2")
    field = page.get_by_role("combobox", name="Наименование клиента").first
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "client-option-1")
    page.keyboard.press("Enter")
    expect(field).to_have_value("ООО «Ромашка»")
    expect(page.locator('[name="client"]')).to_have_value("7707049388")
    expect(field).to_have_attribute("aria-expanded", "false")
    assert len(site.requests_to("/demo/options/")) == 1


def test_leaving_the_field_chooses_nothing(open_page: OpenPage) -> None:
    page = open_page()
    type_client(page, "ром")
    expect(page.locator("#client-list .option")).to_have_count(2)
    page.keyboard.press("Tab")
    expect(page.get_by_role("listbox")).to_have_count(0)
    expect(page.locator('[name="client"]')).to_have_value("")


def test_a_liquidated_client_cannot_be_chosen_and_the_reason_is_announced(
    open_page: OpenPage,
) -> None:
    page = open_page()
    type_client(page, "ром")
    page.locator("#client-list .option").nth(1).click(force=True)
    expect(page.locator("#announce")).to_contain_text("Клиент ликвидирован")
    expect(page.locator('[name="client"]')).to_have_value("")


def test_editing_the_text_clears_the_choice(open_page: OpenPage) -> None:
    page = open_page()
    page.evaluate(
        "window.fired = []; for (const type of ['combobox:select', 'combobox:clear'])"
        " addEventListener(type, (event) => fired.push(event.type))"
    )
    type_client(page, "ром")
    page.locator("#client-list .option").first.click()
    page.keyboard.type("x")
    expect(page.locator('[name="client"]')).to_have_value("")
    assert page.evaluate("fired") == ["combobox:select", "combobox:clear"]


def test_escape_closes_the_list_and_keeps_the_text(open_page: OpenPage) -> None:
    page = open_page()
    type_client(page, "ром")
    expect(page.locator("#client-list .option")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)
    expect(page.locator("#client")).to_have_value("ром")


def test_an_empty_result_is_announced(open_page: OpenPage) -> None:
    page = open_page()
    type_client(page, "ква")
    expect(page.locator("#announce")).to_have_text("Клиент не найден")


def test_a_failed_search_leaves_the_field_usable(site: FakeSite, open_page: OpenPage) -> None:
    site.responses["/demo/options/"] = lambda _: None
    page = open_page()
    type_client(page, "ром")
    expect(page.locator(".combobox-note")).to_contain_text("Поиск не отвечает")
    expect(page.locator("#client")).to_have_value("ром")
