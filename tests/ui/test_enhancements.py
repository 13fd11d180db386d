"""What static/js adds to the pages, tried in Chromium as a person would."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.ui.conftest import Answer, Request, Site, render

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("ui")]
OPEN = Callable[..., Page]
FORM = '<form method="post" action=""><label for="who">Кому</label><input id="who" name="who">'
FORM += '<button class="btn">Передать</button></form>'
DRAFT = '<p class="draft-status" id="draft-status">Сохранено в 14:33</p>'


def options(request: Request) -> Answer:
    """CDI: one client by the letters «ром», none by others."""
    context: dict[str, object] = {"id": "client", "empty": "Клиент не найден"}
    if request.query["client_q"] != "ром":
        context["options"] = []
    return 200, render("components/forms/combobox_options.html", **context)


@pytest.fixture(autouse=True)
def answers(site: Site) -> None:
    """The server behind the components page."""
    site.answers |= {"/demo/options/": options, "/demo/draft/": DRAFT}
    site.answers["/"] = str(site.answers["/"]).replace(
        '<form class="form-page"', '<form data-draft="/demo/draft/" class="form-page"'
    )


# --- Combobox ------------------------------------------------------------------------------------


def combobox(page: Page, text: str) -> None:
    page.locator("#client").focus()
    page.keyboard.type(text)


def test_a_client_is_chosen_with_the_keyboard_alone(site: Site, open_page: OPEN) -> None:
    page = open_page()
    combobox(page, "ром")
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
    assert len(site.asked("/demo/options/")) == 1


def test_nothing_is_chosen_until_it_is_asked_for(open_page: OPEN) -> None:
    page = open_page()
    combobox(page, "ром")
    expect(page.locator("#client-list .option")).to_have_count(2)
    page.keyboard.press("Tab")
    expect(page.get_by_role("listbox")).to_have_count(0)
    expect(page.locator('[name="client"]')).to_have_value("")


def test_a_liquidated_client_cannot_be_chosen_and_the_reason_is_told(open_page: OPEN) -> None:
    page = open_page()
    combobox(page, "ром")
    page.locator("#client-list .option").nth(1).click(force=True)
    expect(page.locator("#announce")).to_contain_text("Клиент ликвидирован")
    expect(page.locator('[name="client"]')).to_have_value("")


def test_editing_the_text_forgets_the_choice(open_page: OPEN) -> None:
    page = open_page()
    page.evaluate(
        "window.heard = []; for (const type of ['combobox:select', 'combobox:clear'])"
        " addEventListener(type, (event) => heard.push(event.type))"
    )
    combobox(page, "ром")
    page.locator("#client-list .option").first.click()
    page.keyboard.type("x")
    expect(page.locator('[name="client"]')).to_have_value("")
    assert page.evaluate("heard") == ["combobox:select", "combobox:clear"]


def test_escape_closes_the_list_and_keeps_the_text(open_page: OPEN) -> None:
    page = open_page()
    combobox(page, "ром")
    expect(page.locator("#client-list .option")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)
    expect(page.locator("#client")).to_have_value("ром")


def test_no_client_found_is_said(open_page: OPEN) -> None:
    page = open_page()
    combobox(page, "ква")
    expect(page.locator("#announce")).to_have_text("Клиент не найден")


def test_a_search_out_of_reach_leaves_the_field_usable(site: Site, open_page: OPEN) -> None:
    site.answers["/demo/options/"] = lambda _: None
    page = open_page()
    combobox(page, "ром")
    expect(page.locator(".combobox-note")).to_contain_text("Поиск не отвечает")
    expect(page.locator("#client")).to_have_value("ром")


# --- Draft ---------------------------------------------------------------------------------------


def test_a_draft_is_sent_soon_after_typing_with_the_token(site: Site, open_page: OPEN) -> None:
    page = open_page()
    page.locator("#id_surname").fill("Петров")
    expect(page.locator("#draft-status")).to_have_text("Сохранено в 14:33")
    (request,) = site.asked("/demo/draft/")
    assert request.posted["surname"] == "Петров"
    assert request.headers["X-CSRFToken"] == "token-of-the-page"


def test_every_tick_of_a_group_is_in_the_draft(site: Site, open_page: OPEN) -> None:
    page = open_page()
    page.locator("#id_services_0").check()
    page.locator("#id_services_1").check()
    expect(page.locator("#draft-status")).to_have_text("Сохранено в 14:33")
    body = site.asked("/demo/draft/")[-1].body
    assert re.findall(r"services=(\w+)", body) == ["internet", "vpn"]


def test_a_lost_connection_keeps_the_text_and_can_be_retried(site: Site, open_page: OPEN) -> None:
    site.answers["/demo/draft/"] = lambda _: None
    page = open_page()
    page.locator("#id_surname").fill("Петров")
    page.locator("#id_surname").blur()
    toast = page.locator("#toasts").get_by_text("Нет связи с сервером. Введенное сохранено.")
    expect(toast).to_be_visible()
    expect(page.locator("#draft-status")).to_have_text("Пока не сохранено: нет связи с сервером")
    before = len(site.asked("/demo/draft/"))
    site.answers["/demo/draft/"] = DRAFT
    page.get_by_role("button", name="Повторить").click()
    expect(page.locator("#draft-status")).to_have_text("Сохранено в 14:33")
    expect(toast).to_have_count(0)
    assert [request.posted["surname"] for request in site.asked("/demo/draft/")[before:]] == [
        "Петров"
    ]


# --- Dialog --------------------------------------------------------------------------------------


def open_dialog(site: Site, page: Page, answer: Callable[[Request], Answer]) -> None:
    site.answers["/transfer/"] = answer
    page.evaluate("document.querySelector('[data-dialog]').href = '/transfer/'")
    page.get_by_role("link", name="Окно").click()


def test_a_page_opens_in_a_dialog_and_its_errors_stay_there(site: Site, open_page: OPEN) -> None:
    def answer(request: Request) -> Answer:
        if request.method == "GET":
            return 200, FORM
        return 422, render("components/forms/error_summary.html", errors=[{"text": "Кому?"}]) + FORM

    page = open_page()
    open_dialog(site, page, answer)
    dialog = page.get_by_role("dialog", name="Передать задание")
    expect(dialog.get_by_label("Кому")).to_be_visible()
    assert site.asked("/transfer/")[0].headers["HX-Target"] == "dialog-body"
    dialog.get_by_role("button", name="Передать").click()
    expect(dialog.get_by_role("alert")).to_be_focused()
    dialog.get_by_role("button", name="Закрыть окно").click()
    expect(dialog).to_have_count(0)


def test_an_answer_without_content_closes_the_dialog(site: Site, open_page: OPEN) -> None:
    page = open_page()
    open_dialog(site, page, lambda r: (200, FORM) if r.method == "GET" else (204, ""))
    page.get_by_label("Кому").fill("Иванова")
    page.get_by_role("dialog").get_by_role("button", name="Передать").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert site.asked("/transfer/")[-1].posted["who"] == "Иванова"


def test_a_lost_connection_can_be_retried_inside_a_dialog(site: Site, open_page: OPEN) -> None:
    page = open_page()
    open_dialog(site, page, lambda r: (200, FORM) if r.method == "GET" else None)
    page.get_by_label("Кому").fill("Иванова")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Передать").click()
    expect(dialog.get_by_text("Нет связи с сервером. Введенное сохранено.")).to_be_visible()
    site.answers["/transfer/"] = lambda _: (204, "")
    dialog.get_by_role("button", name="Повторить").click()
    expect(dialog).to_have_count(0)
    assert site.asked("/transfer/")[-1].posted["who"] == "Иванова"


# --- Answers that are no success -----------------------------------------------------------------


def test_the_end_of_the_session_is_told_and_leads_back(site: Site, open_page: OPEN) -> None:
    site.answers["/poll/"] = lambda _: (401, "")
    page = open_page()
    page.evaluate(
        "document.querySelectorAll('[data-poll]').forEach((el) => htmx.trigger(el, 'poll'))"
    )
    dialog = page.get_by_role("dialog", name="Сеанс завершен")
    expect(dialog).to_contain_text("Войдите снова – черновик сохранен")
    expect(dialog.get_by_role("link")).to_have_attribute("href", f"{site.origin}/login/?next=%2F")


def test_a_redirect_to_the_sign_in_page_is_the_end_of_the_session(
    site: Site, open_page: OPEN
) -> None:
    site.answers["/login/"] = render("accounts/login.html")
    page = open_page()
    open_dialog(site, page, lambda _: (302, "/login/"))
    expect(page.get_by_role("dialog", name="Сеанс завершен")).to_be_visible()


def test_a_redirect_leaves_the_dialog(site: Site, open_page: OPEN) -> None:
    site.answers["/tasks/10482/"] = render("404.html")
    page = open_page()
    open_dialog(site, page, lambda _: (200, FORM.replace('action=""', 'action="/done/"')))
    site.answers["/done/"] = lambda _: (302, "/tasks/10482/")
    page.get_by_role("dialog").get_by_role("button", name="Передать").click()
    page.wait_for_url("**/tasks/10482/")


@pytest.mark.parametrize(
    ("status", "words"), [(403, "Недостаточно прав"), (500, "Действие не выполнено")]
)
def test_a_failed_action_is_told_in_words(
    status: int, words: str, site: Site, open_page: OPEN
) -> None:
    page = open_page()
    open_dialog(site, page, lambda _: (status, "<h1>Error</h1>"))
    expect(page.locator("#toasts").get_by_text(words)).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)


# --- Polling -------------------------------------------------------------------------------------


def test_the_bell_is_asked_about_every_fifteen_seconds_and_morphs_in_place(
    site: Site, open_page: OPEN
) -> None:
    page = open_page()
    page.clock.install()
    page.goto("/")
    figure = '<span class="count">3</span>'
    site.answers["/poll/"] = (
        f'<a id="bell" class="bell" href="/n/" data-hx-swap-oob="morph">{figure}</a>'
    )
    page.locator("#id_surname").focus()
    page.keyboard.type("Пет")
    page.clock.run_for(11_000)
    assert site.asked("/poll/") == []
    page.clock.run_for(5_000)
    expect(page.locator("#bell")).to_have_text("3")
    expect(page).to_have_title(re.compile(r"^\(3\) "))
    expect(page.locator("#id_surname")).to_be_focused()
    assert len(site.asked("/poll/")) == 1


def test_an_idle_page_asks_once_a_minute(site: Site, open_page: OPEN) -> None:
    page = open_page()
    page.clock.install()
    page.goto("/")
    page.clock.run_for(121_000)
    busy = len(site.asked("/poll/"))
    page.clock.run_for(180_000)
    assert len(site.asked("/poll/")) - busy <= 4


# --- Files ---------------------------------------------------------------------------------------


def test_a_chosen_file_is_uploaded_and_the_answer_takes_its_place(
    site: Site, open_page: OPEN
) -> None:
    site.answers["/demo/upload/"] = '<p id="uploaded">Договор.pdf</p>'
    page = open_page()
    page.locator("#file").set_input_files(
        {"name": "Договор.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    )
    expect(page.locator("#uploaded")).to_be_visible()
    (request,) = site.asked("/demo/upload/")
    assert request.headers["Content-Type"].startswith("multipart/form-data")


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(site: Site, open_page: OPEN) -> None:
    page = open_page()
    page.evaluate(
        "document.querySelector('#file').closest('[data-upload]').dataset.maxMb = '0.001'"
    )
    page.locator("#file").set_input_files(
        {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"x" * 2000}
    )
    expect(page.locator("#file_error")).to_contain_text("Файл больше 0.001 МБ")
    assert site.asked("/demo/upload/") == []


def test_two_dropped_files_are_refused(open_page: OPEN) -> None:
    page = open_page()
    page.evaluate(
        """() => {
          const files = new DataTransfer();
          files.items.add(new File(['a'], 'a.pdf'));
          files.items.add(new File(['b'], 'b.pdf'));
          document.querySelector('.filedrop-area').dispatchEvent(
            new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: files }));
        }"""
    )
    expect(page.locator("#file_error")).to_contain_text("Можно вложить только один файл")


# --- Keys and small things -----------------------------------------------------------------------


def test_keys_work_by_their_place_and_not_in_fields(open_page: OPEN) -> None:
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


def test_single_keys_can_be_switched_off(site: Site, open_page: OPEN) -> None:
    site.answers["/"] = str(site.answers["/"]).replace("<body", '<body data-keys="off"')
    page = open_page()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Slash")
    expect(page.get_by_role("searchbox", name="Поиск: номер")).not_to_be_focused()


def test_control_and_enter_send_the_form(open_page: OPEN, site: Site) -> None:
    page = open_page()
    page.locator("#id_surname").focus()
    # Chromium hangs when a window is closed that is about to go elsewhere: the journey ends first.
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert [request.method for request in site.asked("/")] == ["GET", "POST"]


def test_ticked_rows_are_counted(open_page: OPEN) -> None:
    page = open_page()
    bar = page.locator(".bulk-bar")
    expect(bar).to_be_hidden()
    page.get_by_label("Выбрать все задания на странице").check()
    expect(bar).to_contain_text("Выбрано 6")


def test_an_account_number_takes_digits_only(open_page: OPEN) -> None:
    page = open_page()
    page.locator("#id_account").focus()
    page.keyboard.type("85о0 1234-56789012")
    expect(page.locator("#id_account")).to_have_value("850123456789")


def test_a_value_is_copied_and_said(open_page: OPEN) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Скопировать: штрих код документа").click()
    expect(page.locator("#announce")).to_have_text("Скопировано")
    assert page.evaluate("navigator.clipboard.readText()") == "0123456789012"


def test_a_number_pasted_outside_of_a_field_is_looked_up(site: Site, open_page: OPEN) -> None:
    site.answers["/search/"] = render("404.html")
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


def test_a_toast_stays_until_it_is_dismissed(open_page: OPEN) -> None:
    page = open_page()
    toast = page.locator(".toast", has_text="Связь удалена")
    expect(toast.get_by_role("button", name="Отменить")).to_be_visible()
    toast.get_by_role("button", name="Закрыть сообщение").click()
    expect(toast).to_have_count(0)


def test_a_menu_closes_by_escape_and_by_a_click_elsewhere(open_page: OPEN) -> None:
    page = open_page()
    leave = page.get_by_role("button", name="Выйти")
    page.locator(".user > summary").click()
    expect(leave).to_be_visible()
    page.keyboard.press("Escape")
    expect(leave).to_be_hidden()
    expect(page.locator(".user > summary")).to_be_focused()
    page.locator(".user > summary").click()
    page.get_by_role("heading", level=1).click()
    expect(leave).to_be_hidden()


def test_the_password_can_be_shown(site: Site, open_page: OPEN) -> None:
    site.answers["/"] = (
        render("accounts/login.html", form=None)
        .replace('data-reveal=""', 'data-reveal="pass"')
        .replace(
            '<div class="input-wrap">', '<div class="input-wrap"><input id="pass" type="password">'
        )
    )
    page = open_page()
    page.get_by_role("button", name="Показать пароль").click()
    expect(page.locator("#pass")).to_have_attribute("type", "text")
