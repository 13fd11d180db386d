"""Dialogs, failed requests and polling in Chromium: static/js/base and components/dialog.js."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.ui.conftest import CannedResponse, FakeSite, OpenPage, RecordedRequest, render

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("ui"),
    pytest.mark.usefixtures("demo_server"),
]
POLL = "document.querySelectorAll('[data-poll]').forEach((el) => htmx.trigger(el, 'poll'))"
FORM = '<form method="post" action=""><label for="who">Кому</label><input id="who" name="who">'
FORM += '<button class="btn">Передать</button></form>'


# --- Dialog -----------------------------------------------------------------------------------


def open_dialog(
    site: FakeSite, page: Page, respond: Callable[[RecordedRequest], CannedResponse]
) -> None:
    site.responses["/transfer/"] = respond
    page.evaluate("document.querySelector('[data-dialog]').href = '/transfer/'")
    page.get_by_role("link", name="Окно").click()


def test_a_page_opens_in_a_dialog_and_its_errors_stay_there(
    site: FakeSite, open_page: OpenPage
) -> None:
    def respond(request: RecordedRequest) -> CannedResponse:
        if request.method == "GET":
            return 200, FORM
        return 422, render("components/forms/error_summary.html", errors=[{"text": "Кому?"}]) + FORM

    page = open_page()
    open_dialog(site, page, respond)
    dialog = page.get_by_role("dialog", name="Передать задание")
    expect(dialog.get_by_label("Кому")).to_be_visible()
    assert site.requests_to("/transfer/")[0].headers["HX-Target"] == "dialog-body"
    dialog.get_by_role("button", name="Передать").click()
    expect(dialog.get_by_role("alert")).to_be_focused()
    dialog.get_by_role("button", name="Закрыть окно").click()
    expect(dialog).to_have_count(0)


def test_a_response_without_content_closes_the_dialog(site: FakeSite, open_page: OpenPage) -> None:
    page = open_page()
    open_dialog(site, page, lambda r: (200, FORM) if r.method == "GET" else (204, ""))
    page.get_by_label("Кому").fill("Иванова")
    page.get_by_role("dialog").get_by_role("button", name="Передать").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert site.requests_to("/transfer/")[-1].form_data["who"] == "Иванова"


def test_a_lost_connection_can_be_retried_inside_a_dialog(
    site: FakeSite, open_page: OpenPage
) -> None:
    page = open_page()
    open_dialog(site, page, lambda r: (200, FORM) if r.method == "GET" else None)
    page.get_by_label("Кому").fill("Иванова")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Передать").click()
    expect(
        dialog.get_by_text("Нет связи с сервером. Введенное осталось на странице.")
    ).to_be_visible()
    site.responses["/transfer/"] = lambda _: (204, "")
    dialog.get_by_role("button", name="Повторить").click()
    expect(dialog).to_have_count(0)
    assert site.requests_to("/transfer/")[-1].form_data["who"] == "Иванова"


# --- Failed requests --------------------------------------------------------------------------


def test_an_expired_session_keeps_what_was_typed_and_leads_to_sign_in(
    site: FakeSite, open_page: OpenPage
) -> None:
    owner_field = '<input type="hidden" name="page_owner" value="7:signed">'
    page_html = str(site.responses["/"])
    site.responses["/"] = page_html.replace("</form>", f"{owner_field}</form>")
    site.responses["/login/keep/"] = lambda _: (204, "")
    site.responses["/poll/"] = lambda _: (401, "", {"X-Session": "ended"})
    page = open_page()
    page.locator("#id_surname").fill("Петров")
    page.evaluate(POLL)
    dialog = page.get_by_role("dialog", name="Сеанс завершен")
    expect(dialog).to_contain_text("введенное на этой странице вернется")
    dialog.get_by_role("button", name="Закрыть окно").click()
    page.evaluate(POLL)
    dialog.get_by_role("link", name="Войти").click()
    page.wait_for_url("**/login/?next=%2F")
    (request,) = site.requests_to("/login/keep/")
    assert request.headers["X-Form-Action"] == "/"
    assert request.form_data["surname"] == "Петров"


def test_a_failed_keeping_says_so_and_stays_on_the_page(
    site: FakeSite, open_page: OpenPage
) -> None:
    owner_field = '<input type="hidden" name="page_owner" value="7:signed">'
    site.responses["/"] = str(site.responses["/"]).replace("</form>", f"{owner_field}</form>")
    site.responses["/login/keep/"] = lambda _: (500, "")
    site.responses["/poll/"] = lambda _: (401, "", {"X-Session": "renewed"})
    page = open_page()
    page.locator("#id_surname").fill("Петров")
    page.evaluate(POLL)
    page.get_by_role("dialog").get_by_role("link", name="Обновить страницу").click()
    alert = page.get_by_role("dialog").get_by_role("alert")
    expect(alert).to_contain_text("Введенное не удалось сохранить")
    expect(page.locator("#id_surname")).to_have_value("Петров")


def test_a_redirect_leaves_the_dialog(site: FakeSite, open_page: OpenPage) -> None:
    site.responses["/tasks/10482/"] = render("404.html")
    page = open_page()
    open_dialog(site, page, lambda _: (200, FORM.replace('action=""', 'action="/done/"')))
    site.responses["/done/"] = lambda _: (302, "/tasks/10482/")
    page.get_by_role("dialog").get_by_role("button", name="Передать").click()
    page.wait_for_url("**/tasks/10482/")


@pytest.mark.parametrize(
    ("status", "message"), [(403, "Недостаточно прав"), (500, "Действие не выполнено")]
)
def test_a_failed_request_shows_a_message(
    status: int, message: str, site: FakeSite, open_page: OpenPage
) -> None:
    page = open_page()
    open_dialog(site, page, lambda _: (status, "<h1>Error</h1>"))
    expect(page.locator("#toasts").get_by_text(message)).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)


# --- Polling ----------------------------------------------------------------------------------


def test_the_bell_is_polled_every_fifteen_seconds_and_morphed_in_place(
    site: FakeSite, open_page: OpenPage
) -> None:
    page = open_page()
    page.clock.install()
    page.goto("/")
    count = '<span class="count">3</span>'
    site.responses["/poll/"] = (
        f'<a id="bell" class="bell" href="/n/" data-hx-swap-oob="morph">{count}</a>'
    )
    page.locator("#id_surname").focus()
    page.keyboard.type("Пет")
    page.clock.run_for(11_000)
    assert site.requests_to("/poll/") == []
    page.clock.run_for(5_000)
    expect(page.locator("#bell")).to_have_text("3")
    expect(page).to_have_title(re.compile(r"^\(3\) "))
    expect(page.locator("#id_surname")).to_be_focused()
    assert len(site.requests_to("/poll/")) == 1


def test_an_idle_page_polls_once_a_minute(site: FakeSite, open_page: OpenPage) -> None:
    page = open_page()
    page.clock.install()
    page.goto("/")
    page.clock.run_for(121_000)
    while_active = len(site.requests_to("/poll/"))
    page.clock.run_for(180_000)
    assert len(site.requests_to("/poll/")) - while_active <= 4
