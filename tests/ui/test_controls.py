"""Files, shortcuts and small controls (static/js/components) in Chromium."""

import pytest
from playwright.sync_api import expect

from tests.ui.conftest import FakeSite, OpenPage, render

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("ui"),
    pytest.mark.usefixtures("demo_server"),
]


# --- Files ------------------------------------------------------------------------------------


def test_a_chosen_file_is_uploaded_and_replaced_by_the_response(
    site: FakeSite, open_page: OpenPage
) -> None:
    site.responses["/demo/upload/"] = '<p id="uploaded">Договор.pdf</p>'
    page = open_page()
    page.locator("#file").set_input_files(
        {"name": "Договор.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    )
    expect(page.locator("#uploaded")).to_be_visible()
    (request,) = site.requests_to("/demo/upload/")
    assert request.headers["Content-Type"].startswith("multipart/form-data")


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(
    site: FakeSite, open_page: OpenPage
) -> None:
    page = open_page()
    page.evaluate(
        "document.querySelector('#file').closest('[data-upload]').dataset.maxMb = '0.001'"
    )
    page.locator("#file").set_input_files(
        {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"x" * 2000}
    )
    expect(page.locator("#file_error")).to_contain_text("Файл больше 0.001 МБ")
    assert site.requests_to("/demo/upload/") == []


def test_two_dropped_files_are_refused_where_one_is_wanted(open_page: OpenPage) -> None:
    page = open_page()
    page.evaluate(
        """() => {
          const files = new DataTransfer();
          files.items.add(new File(['a'], 'a.pdf'));
          files.items.add(new File(['b'], 'b.pdf'));
          document.querySelector('#file_bad').parentElement.dispatchEvent(
            new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: files }));
        }"""
    )
    expect(page.locator("#file_bad_error")).to_contain_text("Можно вложить только один файл")


# --- Keys and small things --------------------------------------------------------------------


def test_shortcuts_work_outside_of_fields_only(open_page: OpenPage) -> None:
    page = open_page()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("KeyJ")
    page.keyboard.press("KeyJ")
    expect(page.get_by_role("link", name="10479")).to_be_focused()
    page.keyboard.press("KeyX")
    expect(page.get_by_label("Выбрать задание 10479")).to_be_checked()
    page.keyboard.press("KeyK")
    expect(page.get_by_role("link", name="10482")).to_be_focused()
    page.keyboard.press("Slash")
    expect(page.get_by_role("searchbox", name="Поиск: номер")).to_be_focused()
    page.keyboard.type("jk")
    expect(page.get_by_role("searchbox", name="Поиск: номер")).to_have_value("jk")


def test_single_key_shortcuts_can_be_switched_off(site: FakeSite, open_page: OpenPage) -> None:
    site.responses["/"] = str(site.responses["/"]).replace("<body", '<body data-keys="off"')
    page = open_page()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Slash")
    expect(page.get_by_role("searchbox", name="Поиск: номер")).not_to_be_focused()


def test_ctrl_enter_submits_the_form(open_page: OpenPage, site: FakeSite) -> None:
    page = open_page()
    page.locator("#id_surname").focus()
    # Chromium hangs when a window is closed during a navigation, so wait for its end.
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert [request.method for request in site.requests_to("/")] == ["GET", "POST"]


def test_ticked_rows_are_counted(open_page: OpenPage) -> None:
    page = open_page()
    bar = page.locator(".bulk-bar")
    expect(bar).to_be_hidden()
    page.get_by_label("Выбрать все задания на странице").check()
    expect(bar).to_contain_text("Выбрано 6")


def test_an_account_number_takes_digits_only(open_page: OpenPage) -> None:
    page = open_page()
    page.locator("#id_account").focus()
    page.keyboard.type("85о0 1234-56789012")
    expect(page.locator("#id_account")).to_have_value("850123456789")


def test_a_value_is_copied_and_announced(open_page: OpenPage) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Скопировать: штрих код документа").click()
    expect(page.locator("#announce")).to_have_text("Скопировано")
    assert page.evaluate("navigator.clipboard.readText()") == "0123456789012"


def test_a_number_pasted_outside_of_a_field_is_searched_for(
    site: FakeSite, open_page: OpenPage
) -> None:
    site.responses["/search/"] = render("404.html")
    page = open_page()
    page.evaluate(
        """() => {
          document.activeElement.blur();
          const clipboardData = new DataTransfer();
          clipboardData.setData('text', '7707 049388');
          document.body.dispatchEvent(
            new ClipboardEvent('paste', { bubbles: true, clipboardData }));
        }"""
    )
    page.wait_for_url("**/search/?q=7707049388")


def test_a_toast_can_be_dismissed(open_page: OpenPage) -> None:
    page = open_page()
    toast = page.locator(".toast", has_text="Связь удалена")
    expect(toast.get_by_role("button", name="Отменить")).to_be_visible()
    toast.get_by_role("button", name="Закрыть сообщение").click()
    expect(toast).to_have_count(0)


def test_toasts_leave_by_themselves_but_not_under_the_pointer(open_page: OpenPage) -> None:
    page = open_page()
    page.clock.install()
    page.reload()
    page.evaluate(
        """() => {
          const withButton = document.querySelector('.toast:has(form)').cloneNode(true);
          const plain = withButton.cloneNode(true);
          plain.querySelector('form').remove();
          document.getElementById('toasts').append(plain, withButton);
        }"""
    )
    toasts = page.locator("#toasts .toast")
    expect(toasts).to_have_count(2)
    page.clock.run_for(9_000)
    expect(toasts).to_have_count(1)
    toasts.hover()
    page.clock.run_for(60_000)
    expect(toasts.get_by_role("button", name="Отменить")).to_be_visible()
    page.mouse.move(0, 0)
    page.clock.run_for(31_000)
    expect(toasts).to_have_count(0)


def test_a_menu_closes_by_escape_and_by_a_click_elsewhere(open_page: OpenPage) -> None:
    page = open_page()
    sign_out = page.get_by_role("button", name="Выйти")
    page.locator(".user > summary").click()
    expect(sign_out).to_be_visible()
    page.keyboard.press("Escape")
    expect(sign_out).to_be_hidden()
    expect(page.locator(".user > summary")).to_be_focused()
    page.locator(".user > summary").click()
    page.get_by_role("heading", level=1).click()
    expect(sign_out).to_be_hidden()


def test_the_password_can_be_shown(site: FakeSite, open_page: OpenPage) -> None:
    site.responses["/"] = (
        render("accounts/login.html", form=None)
        .replace('data-reveal=""', 'data-reveal="pass"')
        .replace(
            '<div class="input-wrap">', '<div class="input-wrap"><input id="pass" type="password">'
        )
    )
    page = open_page()
    page.get_by_role("button", name="Показать пароль").click()
    expect(page.locator("#pass")).to_have_attribute("type", "text")
