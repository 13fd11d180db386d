"""A client signs on a phone of 360 pixels: with a script and without, and what it looks like."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from edo import records
from edo.evidence_chain.kinds import RecordKind
from tasks.models import SigningTask
from tests.support.chromium.page_audit import audit
from tests.support.chromium.screens import Screens
from tests.support.chromium.windows import CLIENT_ERROR
from tests.support.signing.simple_signings import Outbox, create_signing_task, link_of, signing_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("screens"),
]
PHONE = {"width": 360, "height": 740}
MAX_INTERACTIONS, MAX_SECONDS = 6, 60


@pytest.fixture
def screens(live_server: LiveServer, browser: Browser) -> Iterator[Screens]:
    screens = Screens(live_server, browser)
    yield screens
    screens.close()
    # Chromium logs every 4xx, although 404 and 422 are ordinary pages.
    assert [text for text in screens.errors if not text.startswith(CLIENT_ERROR)] == []


class Finger:
    """Counts what the client has to do; opening the link is the first."""

    def __init__(self, page: Page) -> None:
        self.page, self.interactions = page, 1

    def tick(self, label: str) -> None:
        self.interactions += 1
        self.page.get_by_label(label).check()

    def press(self, name: str) -> None:
        self.interactions += 1
        self.page.get_by_role("button", name=name, exact=True).click()

    def type(self, label: str, text: str) -> None:
        self.interactions += 1
        self.page.get_by_label(label).fill(text)


@pytest.mark.parametrize("has_script", [True, False])
def test_from_the_link_to_the_signature(
    has_script: bool, transactional_db: None, screens: Screens, sms: Outbox
) -> None:
    task = create_signing_task()
    start = time.monotonic()
    page = screens.open(link_of(task), viewport=PHONE, java_script_enabled=has_script)
    finger = Finger(page)
    expect(page.get_by_role("img", name="Страница 1")).to_be_visible()
    if has_script:
        page.get_by_text("Конец документа").scroll_into_view_if_needed()
    finger.tick("Согласен на электронное взаимодействие")
    finger.tick("Согласен на обработку персональных данных")
    with page.expect_response("**/code/"):
        finger.press("Получить код")
    finger.type("Код из СМС", sms.code)
    finger.press("Подписать")
    expect(page.get_by_text("Документ подписан")).to_be_visible()
    seconds = time.monotonic() - start
    print(f"SMS → signed: {seconds:.1f} s, {finger.interactions} interactions")  # noqa: T201
    assert finger.interactions <= MAX_INTERACTIONS
    assert seconds < MAX_SECONDS
    assert_evidence(task, has_script)
    page.go_back()
    expect(
        page.get_by_text("Документ подписан").or_(page.get_by_text("Код из СМС"))
    ).to_be_visible()
    page.goto(page.url)
    expect(page.get_by_text("Документ подписан")).to_be_visible()


def assert_evidence(task: SigningTask, has_script: bool) -> None:
    """What was seen is measured by the script, and honestly not measured without one."""
    chain = records.export_chain(signing_of(task), with_values=True)
    [shown] = chain.find(RecordKind.PAGE_SHOWN)
    assert shown.facts["is_measured"] is has_script
    assert len(chain.find(RecordKind.END_REACHED)) == has_script
    assert ("time_zone" in chain.find(RecordKind.SIGNED)[0].values) is has_script


def test_every_look_is_accessible(transactional_db: None, screens: Screens, sms: Outbox) -> None:
    path = link_of(create_signing_task())
    page = screens.open(path, viewport=PHONE)
    page.get_by_text("Прочитать: Соглашение").click()
    assert_accessible(page, "document")
    page.get_by_role("button", name="Получить код").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert_accessible(page, "errors")
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Получить код").click()
    page.get_by_label("Код из СМС").fill("000000" if sms.code != "000000" else "1")
    assert_accessible(page, "code")
    page.get_by_role("button", name="Подписать").click()
    assert_accessible(page, "wrong-code")
    for address in ("refuse/", "wrong-number/", "text/"):
        page.goto(path + address)
        assert_accessible(page, address.strip("/"))
    page.goto(path)
    page.get_by_label("Код из СМС").fill(sms.code)
    page.get_by_role("button", name="Подписать").click()
    assert_accessible(page, "signed")
    for address in ("/my/", "/s/unknown/"):
        page.goto(address)
        assert_accessible(page, address.strip("/").replace("/", "-"))


def assert_accessible(page: Page, name: str) -> None:
    assert page.locator("h1").count() == 1
    assert audit(page) == [], name
    page.set_viewport_size({"width": 360, "height": 740})
    page.emulate_media(color_scheme="light")
