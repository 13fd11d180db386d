"""A real Chromium for tests that start processes of their own."""

import shutil
from typing import Any

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect

from accounts.models import User
from tests.support.people import browser_of

# The machine may be busy with the very processes that are looked at.
PATIENCE_MS = 60_000
# Nothing but the loopback can be reached, whatever a page asks for.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
# Chromium's own line about an answer that says no on purpose: 404 and 422 are pages for people.
REFUSAL = "Failed to load resource: the server responded with a status of 4"


def launch_arguments() -> dict[str, Any]:
    """For pytest-playwright's `browser_type_launch_args`: the system's Chromium, quiet."""
    return {"executable_path": shutil.which("chromium"), "args": list(ARGUMENTS)}


class Windows:
    """Browser windows, each with cookies of its own; `complaints`: what went wrong in any.

    Errors of the console, of scripts and of the content policy count, and every answer of 5xx.
    """

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def open(self, site: str, user: User | None = None, **options: Any) -> Page:
        """A window on ``site``, where ``user`` is logged in already; no page is opened yet."""
        context = self.browser.new_context(
            base_url=site,
            locale="ru-RU",
            timezone_id="Europe/Moscow",
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        self.contexts.append(context)
        if user is not None:
            name = settings.SESSION_COOKIE_NAME
            session = browser_of(user).cookies[name].value
            context.add_cookies([{"name": name, "value": session, "url": site}])
        page = context.new_page()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("response", self._response)
        return page

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(REFUSAL):
            self.complaints.append(message.text)

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.status} {response.request.method} {response.url}")

    def close(self) -> None:
        for context in self.contexts:
            context.close()
