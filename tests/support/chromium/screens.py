"""What browser tests of the screens share: opening a page as somebody."""

from typing import Any

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.support.chromium.looks import faults
from tests.support.people import browser_of


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


def assert_accessible(page: Page) -> None:
    """Right in every look, one heading, the language named."""
    assert page.locator("h1").count() == 1
    assert page.locator("html").get_attribute("lang") == "ru"
    assert faults(page) == [], page.url
