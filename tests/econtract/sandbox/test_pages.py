"""The pages where a person plays the client, in a real browser."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.econtract.sandbox.exchange import current, last_key, power_of_attorney, send
from tests.econtract.sandbox.test_identity import ask, status
from tests.econtract.sandbox.test_services import lodge
from tests.support.looks import faults
from tests.support.sandbox import ROMASHKA, Sandbox

pytestmark = pytest.mark.browser
PAGES = [
    "/",
    "/identity/",
    "/edo/",
    "/sms/",
    "/archive/",
    "/cdi/",
    "/eip/",
    "/faults/",
    "/journal/",
]
Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, sandbox: Sandbox) -> Iterator[Open]:
    """Opens a page of the sandbox; no page may complain on the console or ask a foreign host."""
    contexts, complaints = [], []

    def opener(path: str, *, js: bool = True) -> Page:
        context = browser.new_context(base_url=sandbox.url, java_script_enabled=js, locale="ru-RU")
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda entry: complaints.append(entry.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: _stay_here(request.url))
        page.goto(path)
        return page

    def _stay_here(url: str) -> None:
        if not url.startswith(sandbox.url):
            complaints.append(url)

    yield opener
    for context in contexts:
        context.close()
    assert [text for text in complaints if "status of 4" not in text] == []


@pytest.fixture
def full(sandbox: Sandbox) -> dict[str, str]:
    """A sandbox with something on every page; the addresses of pages about one thing."""
    waiting, closed = ask(sandbox), ask(sandbox, reference="2")
    sandbox.identity_answer(closed["ref"], "passed")
    sent = send(sandbox, PowerOfAttorney=power_of_attorney(sandbox))
    signed = send(sandbox)
    last_key(sandbox)
    sandbox.edo_sign(signed["MessageId"], "broken")
    sms = {"to": "+79123456789", "text": "Код: 123456 https://example.org/s/x/", "reference": "1"}
    sandbox.post("/messages/v1/sms", sms)
    lodge(sandbox)
    sandbox.account("850000000001", ROMASHKA, visible_in_minutes=60)
    sandbox.fault("messages", "slow", times=None, path_contains="email")
    return {
        "consent": urlsplit(waiting["link"]).path,
        "answered": urlsplit(closed["link"]).path,
        "waiting document": f"/edo/documents/{sent['Entities'][0]['EntityId']}/",
        "badly signed document": f"/edo/documents/{signed['Entities'][0]['EntityId']}/",
    }


def check(page: Page) -> None:
    """Right in every look, in Russian without «ё»."""
    assert faults(page) == [], page.url
    assert page.locator("h1").count() == 1
    assert "ё" not in page.inner_text("body").lower()


def test_every_page_is_accessible_when_full(full: dict[str, str], open_page: Open) -> None:
    page = open_page("/")
    for path in [*PAGES, *full.values(), "/cdi/?q=ромашка", "/nothing/"]:
        page.goto(path)
        check(page)


def test_every_page_is_accessible_when_empty_and_after_a_mistake(open_page: Open) -> None:
    page = open_page("/")
    for path in [*PAGES, "/cdi/?q=такойнет", "/archive/?code=1", "/sms/?to=1", "/edo/?inn=1"]:
        page.goto(path)
        check(page)
    page.goto("/eip/")
    page.get_by_role("button", name="Добавить счет").click()
    assert page.title().startswith("Ошибка: ")
    check(page)


def test_a_person_answers_the_identification_without_scripts(
    sandbox: Sandbox, open_page: Open
) -> None:
    request = ask(sandbox)
    page = open_page("/identity/", js=False)
    page.get_by_role("link", name="Петров Петр Петрович").click()
    page.get_by_label("Отказаться от предоставления данных").check()
    page.get_by_role("button", name="Ответить", exact=True).click()
    assert page.get_by_role("heading", level=1).inner_text() == "Ответ получен"
    assert status(sandbox, request["ref"])["resolution"] == "data_refused"


def test_a_person_can_attach_a_paper(sandbox: Sandbox, open_page: Open) -> None:
    request = ask(sandbox)
    page = open_page(urlsplit(request["link"]).path, js=False)
    page.get_by_label("Приложить документы о полномочиях").check()
    paper = {"name": "приказ.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}
    page.get_by_label("Документ о полномочиях").set_input_files(paper)  # type: ignore[arg-type]
    page.get_by_role("button", name="Ответить", exact=True).click()
    [document] = status(sandbox, request["ref"])["documents"]
    assert (document["name"], document["content_type"]) == ("приказ.pdf", "application/pdf")


def test_a_person_signs_without_scripts(
    sandbox: Sandbox, full: dict[str, str], open_page: Open
) -> None:
    page = open_page(full["waiting document"], js=False)
    assert "действует" in page.inner_text("main")
    page.get_by_role("button", name="Подписать", exact=True).click()
    assert "Подпись отправлена" in page.inner_text("main")
    assert page.get_by_role("button", name="Подписать", exact=True).count() == 0
    assert page.inner_text("main").count("Подпись верна") == 2


def test_a_person_refuses_with_a_reason(sandbox: Sandbox, open_page: Open) -> None:
    sent = send(sandbox)
    last_key(sandbox)
    page = open_page(f"/edo/documents/{sent['Entities'][0]['EntityId']}/", js=False)
    page.get_by_text("Отклонить").first.click()
    page.get_by_role("button", name="Отклонить").click()
    assert "Укажите причину отказа" in page.inner_text("main")
    page.get_by_text("Отклонить").first.click()
    page.get_by_label("Причина отказа").fill("Не те условия")
    page.get_by_role("button", name="Отклонить").click()
    assert current(sandbox, sent)["RecipientResponseStatus"] == "RecipientSignatureRequestRejected"


def test_the_phone_shows_links_and_codes(full: dict[str, str], open_page: Open) -> None:
    page = open_page("/sms/")
    assert page.get_by_role("link", name="https://example.org/s/x/").count() == 1
    assert page.locator("code").inner_text() == "123456"


def test_a_message_cannot_bring_markup_in(sandbox: Sandbox, open_page: Open) -> None:
    text = '<img src=x onerror=alert(1)> javascript:alert(1) https://e.org/"><b>x</b>'
    sandbox.post("/messages/v1/sms", {"to": "+79123456789", "text": text, "reference": "<b>1</b>"})
    page = open_page("/sms/")
    assert page.locator("main img, main .text b").count() == 0
    assert page.locator('a[href^="javascript"]').count() == 0


def test_news_appear_without_a_reload(sandbox: Sandbox, open_page: Open) -> None:
    page = open_page("/identity/")
    ask(sandbox)
    page.get_by_role("link", name="Петров Петр Петрович").wait_for(timeout=20_000)


def test_time_can_be_moved_by_an_hour(sandbox: Sandbox, open_page: Open) -> None:
    page = open_page("/", js=False)
    page.get_by_role("button", name="Промотать время +1 ч").click()
    assert sandbox.state()["offset_seconds"] == 3600


def test_the_autopilot_can_be_switched(sandbox: Sandbox, open_page: Open) -> None:
    page = open_page("/", js=False)
    page.get_by_label("Отвечать за клиентов").check()
    page.get_by_label("Через, секунд").fill("7")
    page.get_by_role("button", name="Сохранить").click()
    assert sandbox.state()["autopilot"] == {"on": True, "delay_seconds": 7}


def test_a_fault_can_be_switched_on_and_off(sandbox: Sandbox, open_page: Open) -> None:
    page = open_page("/faults/", js=False)
    page.get_by_label("Система").select_option("cabinet")
    page.get_by_label("Что происходит").select_option("down")
    page.get_by_role("button", name="Включить", exact=True).click()
    [fault] = sandbox.state()["faults"]
    assert (fault["system"], fault["kind"], fault["times"]) == ("cabinet", "down", None)
    page.get_by_role("button", name=re.compile("Выключить: ЛК")).click()
    assert sandbox.state()["faults"] == []


def test_a_form_from_elsewhere_is_refused(sandbox: Sandbox) -> None:
    answer = httpx.post(f"{sandbox.url}/reset/")
    assert answer.status_code == 403
    assert "Страница устарела" in answer.text


def test_pages_carry_a_strict_policy(sandbox: Sandbox) -> None:
    policy = httpx.get(sandbox.url).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
