"""Pages of the live server, for browser tests of the screens."""

from typing import Any

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.support.chromium.page_audit import audit
from tests.support.people import browser_of


class Screens:
    """Opens pages of the live server; ``errors`` come from the console, scripts and the CSP."""

    def __init__(self, live_server: LiveServer, browser: Browser) -> None:
        self.live_server, self.browser = live_server, browser
        self.contexts: list[BrowserContext] = []
        self.errors: list[str] = []

    def open(self, path: str, user: User | None = None, **options: Any) -> Page:
        """The page at ``path`` as ``user`` sees it, in a browser context of its own."""
        context = self.browser.new_context(
            base_url=self.live_server.url, locale="ru-RU", reduced_motion="reduce", **options
        )
        self.contexts.append(context)
        if user is not None:
            session = browser_of(user).cookies[settings.SESSION_COOKIE_NAME].value
            name, url = settings.SESSION_COOKIE_NAME, self.live_server.url
            context.add_cookies([{"name": name, "value": session, "url": url}])
        page = context.new_page()
        page.on("console", self._record_message)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(path)
        return page

    def _record_message(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.errors.append(message.text)

    def close(self) -> None:
        for context in self.contexts:
            context.close()


def assert_accessible(page: Page) -> None:
    """The audit finds nothing; the page has one main heading and names its language."""
    assert page.locator("h1").count() == 1
    assert page.locator("html").get_attribute("lang") == "ru"
    assert audit(page) == [], page.url
