"""What browser tests of the screens share: opening a page as somebody, and asking axe."""

import json
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.support.people import browser_of

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Screens:
    """Pages of the running site; ``complaints`` are those of console and content policy."""

    def __init__(self, live_server: LiveServer, browser: Browser) -> None:
        self.live_server, self.browser = live_server, browser
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def open(self, address: str, user: User | None = None, **options: Any) -> Page:
        """The page at ``address`` as ``user`` sees it, in a context of its own."""
        context = self.browser.new_context(
            base_url=self.live_server.url, locale="ru-RU", reduced_motion="reduce", **options
        )
        self.contexts.append(context)
        if user is not None:
            session = browser_of(user).cookies[settings.SESSION_COOKIE_NAME].value
            name, url = settings.SESSION_COOKIE_NAME, self.live_server.url
            context.add_cookies([{"name": name, "value": session, "url": url}])
        page = context.new_page()
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(address)
        return page

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def close(self) -> None:
        for context in self.contexts:
            context.close()


def findings(page: Page) -> list[str]:
    """What axe finds wrong, one line a rule."""
    page.evaluate(AXE_SCRIPT)
    options = json.dumps({"runOnly": RULES})
    found = page.evaluate(f"axe.run(document, {options}).then(found => found.violations)")
    return [f"{each['id']}: {[node['html'] for node in each['nodes']][:3]}" for each in found]


def overflow(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    root = "document.documentElement"
    return int(page.evaluate(f"{root}.scrollWidth - {root}.clientWidth"))
