"""The pages on which a person plays the client, in a real browser."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.support.chromium.page_audit import audit
from tests.support.sandbox import DECIDES_REVOCATION, IGNORES_INVITATIONS, ROMASHKA, Sandbox
from tests.support.sandbox_calls import (
    get_identification,
    request_identification,
    submit_document,
)
from tests.support.sandbox_edo import (
    SIGNER,
    ask_signatory,
    build_power_of_attorney,
    build_revocation,
    client_box,
    get_cloud_signature,
    get_document_info,
    our_box,
    post_patch,
    send_contract,
    skip_events,
)

pytestmark = pytest.mark.browser
PAGES = [
    "/",
    "/identity/",
    "/edo/",
    "/phone/",
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
    """Open pages of the sandbox; fails on console messages and requests to other hosts."""
    contexts, errors = [], []

    def open_(path: str, *, js: bool = True) -> Page:
        context = browser.new_context(base_url=sandbox.url, java_script_enabled=js, locale="ru-RU")
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda entry: errors.append(entry.text))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: check_host(request.url))
        page.goto(path)
        return page

    def check_host(url: str) -> None:
        if not url.startswith(sandbox.url):
            errors.append(url)

    yield open_
    for context in contexts:
        context.close()
    assert [text for text in errors if "status of 4" not in text] == []


@pytest.fixture
def detail_pages(sandbox: Sandbox) -> dict[str, str]:
    """A sandbox with content on every page; returns the paths of four detail pages."""
    request, answered = (
        request_identification(sandbox),
        request_identification(sandbox, reference="2"),
    )
    sandbox.identity_answer(answered["ref"], "passed")
    message = send_contract(sandbox, PowerOfAttorney=build_power_of_attorney(sandbox))
    signed_message = send_contract(sandbox)
    skip_events(sandbox)
    sandbox.edo_sign(signed_message["MessageId"], "broken")
    sms = {"id": "m1", "to": "+79123456789", "text": "Код: 123456 https://example.org/s/x/"}
    sandbox.post("/messages/v1/sms", sms)
    submit_document(sandbox)
    ask_signatory(sandbox)
    sandbox.phone_answer(SIGNER)
    ask_signatory(sandbox)
    sandbox.account("850000000001", ROMASHKA, visible_in_minutes=60)
    sandbox.fault("messages", "slow", times=None, path_contains="email")
    return {
        "consent": urlsplit(request["link"]).path,
        "answered": urlsplit(answered["link"]).path,
        "waiting document": f"/edo/documents/{message['Entities'][0]['EntityId']}/",
        "badly signed document": f"/edo/documents/{signed_message['Entities'][0]['EntityId']}/",
    }


def check_page(page: Page) -> None:
    """The page is accessible, has one heading of level 1, and its text has no «ё»."""
    assert audit(page) == [], page.url
    assert page.locator("h1").count() == 1
    assert "ё" not in page.inner_text("body").lower()


def test_every_page_with_content_is_accessible(
    detail_pages: dict[str, str], open_page: Open
) -> None:
    page = open_page("/")
    for path in [*PAGES, *detail_pages.values(), "/cdi/?q=ромашка", "/nothing/"]:
        page.goto(path)
        check_page(page)


def test_every_empty_page_and_a_form_with_errors_are_accessible(open_page: Open) -> None:
    page = open_page("/")
    for path in [*PAGES, "/cdi/?q=такойнет", "/archive/?code=1", "/sms/?to=1", "/edo/?inn=1"]:
        page.goto(path)
        check_page(page)
    page.goto("/eip/")
    page.get_by_role("button", name="Добавить счет").click()
    assert page.title().startswith("Ошибка: ")
    check_page(page)


def test_a_person_can_answer_identification_without_javascript(
    sandbox: Sandbox, open_page: Open
) -> None:
    request = request_identification(sandbox)
    page = open_page("/identity/", js=False)
    page.get_by_role("link", name="Петров Петр Петрович").click()
    page.get_by_label("Отказаться от предоставления данных").check()
    page.get_by_role("button", name="Ответить", exact=True).click()
    assert page.get_by_role("heading", level=1).inner_text() == "Ответ получен"
    assert get_identification(sandbox, request["ref"])["resolution"] == "data_refused"


def test_a_person_can_attach_a_document(sandbox: Sandbox, open_page: Open) -> None:
    request = request_identification(sandbox)
    page = open_page(urlsplit(request["link"]).path, js=False)
    page.get_by_label("Приложить документы о полномочиях").check()
    file = {"name": "приказ.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}
    page.get_by_label("Документ о полномочиях").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Ответить", exact=True).click()
    [document] = get_identification(sandbox, request["ref"])["documents"]
    assert (document["name"], document["content_type"]) == ("приказ.pdf", "application/pdf")


def test_a_person_can_sign_without_javascript(
    sandbox: Sandbox, detail_pages: dict[str, str], open_page: Open
) -> None:
    page = open_page(detail_pages["waiting document"], js=False)
    assert "действует" in page.inner_text("main")
    page.get_by_role("button", name="Подписать", exact=True).click()
    assert "Подпись отправлена" in page.inner_text("main")
    assert page.get_by_role("button", name="Подписать", exact=True).count() == 0
    assert page.inner_text("main").count("Подпись верна") == 2


def test_a_person_can_reject_with_a_reason(sandbox: Sandbox, open_page: Open) -> None:
    message = send_contract(sandbox)
    skip_events(sandbox)
    page = open_page(f"/edo/documents/{message['Entities'][0]['EntityId']}/", js=False)
    page.get_by_text("Отклонить").first.click()
    page.get_by_role("button", name="Отклонить").click()
    assert "Укажите причину отказа" in page.inner_text("main")
    page.get_by_text("Отклонить").first.click()
    page.get_by_label("Причина отказа").fill("Не те условия")
    page.get_by_role("button", name="Отклонить").click()
    assert (
        get_document_info(sandbox, message)["RecipientResponseStatus"]
        == "RecipientSignatureRequestRejected"
    )


def test_a_person_can_accept_an_invitation(sandbox: Sandbox, open_page: Open) -> None:
    params = {"myBoxId": our_box(sandbox)}
    body = {"BoxId": client_box(sandbox, IGNORES_INVITATIONS), "MessageToCounteragent": "Просим"}
    sandbox.http.post("/edo/V3/AcquireCounteragent", params=params, json=body)
    check_page(open_page("/edo/"))
    page = open_page("/edo/", js=False)
    page.get_by_role("button", name="Принять приглашение").click()
    assert "Приглашение принято" in page.inner_text("main")
    params["counteragentBoxId"] = body["BoxId"]
    relation = sandbox.get("/edo/V3/GetCounteragent", **params).json()
    assert relation["CurrentStatus"] == "IsMyCounteragent"


def test_a_person_can_decide_on_a_revocation(sandbox: Sandbox, open_page: Open) -> None:
    message = send_contract(sandbox, DECIDES_REVOCATION)
    skip_events(sandbox)
    post_patch(sandbox, build_revocation(sandbox, message))
    path = f"/edo/documents/{message['Entities'][0]['EntityId']}/"
    check_page(open_page(path))
    page = open_page(path, js=False)
    page.get_by_role("button", name="Согласиться на аннулирование").click()
    assert "Документ аннулирован" in page.inner_text("main")
    assert get_document_info(sandbox, message)["RevocationStatus"] == "RevocationAccepted"


def test_a_person_can_ask_for_a_revocation(sandbox: Sandbox, open_page: Open) -> None:
    message = send_contract(sandbox)
    skip_events(sandbox)
    sandbox.edo_sign(message["MessageId"])
    page = open_page(f"/edo/documents/{message['Entities'][0]['EntityId']}/", js=False)
    page.get_by_text("Попросить аннулировать").click()
    page.get_by_label("Причина").fill("Ошибка")
    page.get_by_role("button", name="Отправить запрос").click()
    assert "Запрос на аннулирование отправлен" in page.inner_text("main")
    assert get_document_info(sandbox, message)["RevocationStatus"] == "RequestsMyRevocation"


def test_a_person_can_confirm_and_decline_as_a_signatory(sandbox: Sandbox, open_page: Open) -> None:
    task_id = ask_signatory(sandbox)
    page = open_page("/phone/", js=False)
    assert "a.pdf" in page.inner_text("main")
    page.get_by_role("button", name="Подтвердить: Иванова Елена Викторовна, a.pdf").click()
    assert "Подписание подтверждено" in page.inner_text("main")
    assert get_cloud_signature(sandbox, task_id)["OperationStatus"] == "Completed"
    task_id = ask_signatory(sandbox)
    page.reload()
    page.get_by_role("button", name="Отклонить").click()
    assert get_cloud_signature(sandbox, task_id)["OperationStatus"] == "CanceledByUser"


def test_messages_show_links_and_codes(detail_pages: dict[str, str], open_page: Open) -> None:
    page = open_page("/sms/")
    assert page.get_by_role("link", name="https://example.org/s/x/").count() == 1
    assert page.locator("code").inner_text() == "123456"


def test_markup_in_a_message_is_escaped(sandbox: Sandbox, open_page: Open) -> None:
    text = '<img src=x onerror=alert(1)> javascript:alert(1) https://e.org/"><b>x</b>'
    sms = {"id": "m1", "to": "+79123456789", "text": text, "reference": "<b>1</b>"}
    sandbox.post("/messages/v1/sms", sms)
    page = open_page("/sms/")
    assert page.locator("main img, main .text b").count() == 0
    assert page.locator('a[href^="javascript"]').count() == 0


def test_updates_appear_without_a_reload(sandbox: Sandbox, open_page: Open) -> None:
    page = open_page("/identity/")
    request_identification(sandbox)
    page.get_by_role("link", name="Петров Петр Петрович").wait_for(timeout=20_000)


def test_the_clock_can_be_advanced_by_an_hour(sandbox: Sandbox, open_page: Open) -> None:
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


def test_a_form_without_a_csrf_token_is_refused(sandbox: Sandbox) -> None:
    response = httpx.post(f"{sandbox.url}/reset/")
    assert response.status_code == 403
    assert "Страница устарела" in response.text


def test_pages_have_a_strict_content_security_policy(sandbox: Sandbox) -> None:
    policy = httpx.get(sandbox.url).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
