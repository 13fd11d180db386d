"""The draft of a form (static/js/screens/draft_queue.js) in Chromium."""

import re
import threading

import pytest
from playwright.sync_api import expect

from tests.ui.conftest import CannedResponse, FakeSite, OpenPage, RecordedRequest

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("ui"),
    pytest.mark.usefixtures("demo_server"),
]
DRAFT = '<p class="draft-status" id="draft-status">Сохранено в 14:33</p>'


def test_a_draft_is_sent_with_the_csrf_token_soon_after_typing(
    site: FakeSite, open_page: OpenPage
) -> None:
    page = open_page()
    page.locator("#id_surname").fill("Петров")
    expect(page.locator("#draft-status")).to_have_text("Сохранено в 14:33")
    (request,) = site.requests_to("/demo/draft/")
    assert request.form_data["surname"] == "Петров"
    assert request.headers["X-CSRFToken"] == "token-of-the-page"


def test_the_draft_contains_every_ticked_box(site: FakeSite, open_page: OpenPage) -> None:
    page = open_page()
    page.locator("#id_services_0").check()
    page.locator("#id_services_1").check()
    expect(page.locator("#draft-status")).to_have_text("Сохранено в 14:33")
    body = site.requests_to("/demo/draft/")[-1].body
    assert re.findall(r"services=(\w+)", body) == ["internet", "vpn"]


def test_a_lost_connection_keeps_the_text_and_can_be_retried(
    site: FakeSite, open_page: OpenPage
) -> None:
    site.responses["/demo/draft/"] = lambda _: None
    page = open_page()
    page.locator("#id_surname").fill("Петров")
    page.locator("#id_surname").blur()
    toast = page.locator("#toasts").get_by_text("Нет связи с сервером. Введенное осталось")
    expect(toast).to_be_visible()
    expect(page.locator("#draft-status")).to_have_text("Пока не сохранено: нет связи с сервером")
    before = len(site.requests_to("/demo/draft/"))
    site.responses["/demo/draft/"] = DRAFT
    page.get_by_role("button", name="Повторить").click()
    expect(page.locator("#draft-status")).to_have_text("Сохранено в 14:33")
    expect(toast).to_have_count(0)
    assert [
        request.form_data["surname"] for request in site.requests_to("/demo/draft/")[before:]
    ] == ["Петров"]


def test_a_hidden_page_sends_what_waits(site: FakeSite, open_page: OpenPage) -> None:
    page = open_page()
    page.clock.install()
    page.goto("/")
    page.locator("#id_surname").fill("Петров")
    with page.expect_response("**/demo/draft/"):
        page.evaluate(
            "Object.defineProperty(document, 'hidden', { value: true });"
            "document.dispatchEvent(new Event('visibilitychange'))"
        )
    (request,) = site.requests_to("/demo/draft/")
    assert request.form_data["surname"] == "Петров"
    page.clock.run_for(10_000)
    assert len(site.requests_to("/demo/draft/")) == 1


def test_an_answer_is_not_drawn_when_the_person_has_typed_meanwhile(
    site: FakeSite, open_page: OpenPage
) -> None:
    """SENDING, BOTH, WAITING, SENDING again: see the head of draft_queue.js."""
    may_answer = threading.Event()

    def respond(request: RecordedRequest) -> CannedResponse:
        turn = request.form_data["turn"]
        if turn == "1":
            may_answer.wait(20)
        return 200, f'<p class="draft-status" id="draft-status">Ответ {turn}</p>'

    site.responses["/demo/draft/"] = respond
    page = open_page()
    status = page.locator("#draft-status")
    with page.expect_request("**/demo/draft/"):
        page.locator("#id_surname").fill("Петров")
    page.locator("#id_surname").fill("Петрова")
    may_answer.set()
    expect(status).to_have_text("Ответ 2")
    first, second = site.requests_to("/demo/draft/")
    assert (first.form_data["surname"], second.form_data["surname"]) == ("Петров", "Петрова")
