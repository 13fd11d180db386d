"""Takes the pictures of the main screens for the docs (docs/screens/) and «Справка» (static/help/).

Run by `ECONTRACT_SCREENS=yes scripts/test --sqlite tests/pictures`.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, ViewportSize, expect

from accounts.models import User
from tests.support.chromium.windows import Windows
from tests.support.paths import ROOT
from tests.support.sandbox import Sandbox
from tests.support.stack import Stack

pytestmark = [
    pytest.mark.browser,
    pytest.mark.processes,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("pictures"),
]
SCREENS, GUIDE = ROOT / "docs" / "screens", ROOT / "static" / "help"
MAX_BYTES = 100 * 1024
FIRST_ROW = "[data-row-link]"


@dataclass(frozen=True)
class Look:
    """Window size and colour scheme of a picture; `suffix` ends its file name."""

    suffix: str
    size: ViewportSize
    scheme: str


LOOKS = (
    Look("-light-1280", ViewportSize(width=1280, height=800), "light"),
    Look("-dark-360", ViewportSize(width=360, height=740), "dark"),
)
IN_GUIDE = Look("", ViewportSize(width=1120, height=700), "light")


def open_first(page: Page) -> None:
    page.locator(FIRST_ROW).first.click()
    page.wait_for_url("**/tasks/*/")


def open_history(page: Page) -> None:
    open_first(page)
    page.goto(f"{page.url}history/")


def open_client(page: Page) -> None:
    page.get_by_role("link", name="Ромашка").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ромашка")


def choose_client(page: Page) -> None:
    restart = page.get_by_role("button", name="Начать заново")
    if restart.is_visible():  # the draft of an earlier picture
        with page.expect_navigation():
            restart.click()
        page.reload()  # without the message about it
    page.get_by_role("combobox", name="Наименование клиента").press_sequentially("ромашка")
    page.get_by_role("listbox").get_by_role("option").first.click()
    expect(page.locator("#client-data")).to_contain_text("7701001100")


def open_palette(page: Page) -> None:
    if page.locator(".palette-link").is_visible():
        page.keyboard.press("Control+KeyK")
        expect(page.locator("#palette-q")).to_be_focused()
        page.keyboard.type("ромашка")
    else:  # a phone has no keyboard: open the page itself
        page.goto("/palette/?q=ромашка")
    expect(page.locator("#palette-q")).to_have_value("ромашка")
    expect(page.get_by_role("link", name="Создать задание с этим клиентом").first).to_be_visible()


@dataclass(frozen=True)
class Screen:
    """A page as a user sees it; `then` acts on it before the picture. `login` "" = signed out."""

    address: str
    login: str = "manager"
    then: Callable[[Page], None] | None = None


MAIN = {
    "login": Screen("/login/", login=""),
    "list": Screen("/tasks/my/?group=none"),
    "new-task": Screen("/tasks/new/company/", then=choose_client),
    "card": Screen("/tasks/my/?group=none&status=document_signing", then=open_first),
    "card-done": Screen("/tasks/archive/?status=completed", then=open_first),
    "history": Screen("/tasks/archive/?status=completed", then=open_history),
    "client": Screen("/manage/companies/?q=ромашка", then=open_client),
    "reports": Screen("/reports/", login="admin"),
    "notifications": Screen("/notifications/"),
    "guide": Screen("/help/guide/"),
    "memo": Screen("/help/memo/"),
    "palette": Screen("/tasks/my/?group=none", then=open_palette),
    "not-found": Screen("/tasks/99999999/"),
    "admin": Screen("/admin/", login="admin"),
}
SANDBOX = {"sandbox": "/", "sandbox-client": "/edo/"}
HELP = {
    "list": Screen("/tasks/my/?group=none"),
    "new": Screen("/tasks/new/company/"),
    "card": Screen("/tasks/my/?group=none&status=document_signing", then=open_first),
    "done": Screen("/tasks/archive/?status=completed", then=open_first),
    "notes": Screen("/notifications/"),
    "manage": Screen("/manage/companies/"),
}


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.suffix)
@pytest.mark.parametrize("name", MAIN)
def test_main_screen(demonstration: Stack, windows: Windows, name: str, look: Look) -> None:
    take_picture(demonstration.url, windows, MAIN[name], look, SCREENS / name)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.suffix)
@pytest.mark.parametrize("name", SANDBOX)
def test_sandbox_page(
    demonstration: Stack, sandbox: Sandbox, windows: Windows, name: str, look: Look
) -> None:
    take_picture(sandbox.url, windows, Screen(SANDBOX[name], login=""), look, SCREENS / name)


@pytest.mark.parametrize("name", HELP)
def test_guide_picture(demonstration: Stack, windows: Windows, name: str) -> None:
    take_picture(demonstration.url, windows, HELP[name], IN_GUIDE, GUIDE / name)


def take_picture(site: str, windows: Windows, screen: Screen, look: Look, target: Path) -> None:
    """Opens the screen in a window and saves it as WebP."""
    user = User.objects.get(username=screen.login) if screen.login else None
    page = windows.open(site, user, viewport=look.size, color_scheme=look.scheme)
    page.goto(screen.address)
    if screen.then is not None:
        screen.then(page)
    page.evaluate("document.fonts.ready.then(() => true)")
    page.wait_for_load_state("networkidle")
    file = target.with_name(f"{target.name}{look.suffix}.webp")
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    picture.save(file, "WEBP", quality=80, method=6)
    assert file.stat().st_size <= MAX_BYTES
