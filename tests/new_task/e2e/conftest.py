"""The form in a real Chromium, served by the test's own process, beside a running sandbox."""

import json
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]
from django.conf import settings as django_settings
from playwright.sync_api import Browser, Page
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.support.people import browser_of
from tests.support.sandbox import Sandbox, sandbox, sandbox_server  # noqa: F401
from tests.support.world import connect, install, make_manager

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
Open = Callable[..., Page]


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """The system's Chromium, quiet."""
    return {
        "executable_path": "/usr/bin/chromium",
        "args": ["--no-sandbox", "--disable-background-networking", "--disable-quic"],
    }


@pytest.fixture
def manager(transactional_db: None, settings: Settings, sandbox: Sandbox) -> User:  # noqa: F811
    """A manager of every region; boxes and signatories are those of the sandbox."""
    connect(settings, sandbox)
    install()
    return make_manager()


@pytest.fixture
def open_form(manager: User, live_server: LiveServer, browser: Browser) -> Iterator[Open]:
    """Opens a path as the manager in a context of its own. Nothing may be complained of."""
    contexts, complaints = [], []

    def open_(path: str = "/tasks/new/company/", user: User = manager, **options: object) -> Page:
        context = browser.new_context(base_url=live_server.url, locale="ru-RU", **options)  # type: ignore[arg-type]
        contexts.append(context)
        session = browser_of(user).cookies[django_settings.SESSION_COOKIE_NAME].value
        context.add_cookies(
            [
                {
                    "name": django_settings.SESSION_COOKIE_NAME,
                    "value": session,
                    "url": live_server.url,
                }
            ]
        )
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    open_.complaints = complaints
    yield open_
    for context in contexts:
        context.close()


def findings(page: Page) -> list[str]:
    """What axe finds wrong, one line a rule; run past the content policy, as a person would."""
    page.evaluate(AXE_SCRIPT)
    options = json.dumps({"runOnly": RULES})
    violations = page.evaluate(f"axe.run(document, {options}).then(found => found.violations)")
    return [f"{each['id']}: {[node['html'] for node in each['nodes']]}" for each in violations]


def overflow(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    root = "document.documentElement"
    return int(page.evaluate(f"{root}.scrollWidth - {root}.clientWidth"))
