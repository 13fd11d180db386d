"""Browser windows, for tests that start processes of their own."""

import shutil
from typing import Any

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect

from accounts.models import User
from tests.support.people import browser_of

# Long, because the processes under test can keep the machine busy.
TIMEOUT_MS = 60_000
# Pages can reach only the loopback interface.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
# Chromium logs every 4xx response, although 404 and 422 are ordinary pages.
CLIENT_ERROR = "Failed to load resource: the server responded with a status of 4"


def launch_arguments() -> dict[str, Any]:
    """For pytest-playwright's `browser_type_launch_args`: Chromium of the system, no network."""
    return {"executable_path": shutil.which("chromium"), "args": list(ARGUMENTS)}


class Windows:
    """Opens browser windows, each with its own cookies.

    ``errors`` come from the console, scripts, the CSP and 5xx responses of all windows.
    """

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.contexts: list[BrowserContext] = []
        self.errors: list[str] = []

    def open(self, site: str, user: User | None = None, **options: Any) -> Page:
        """A window for ``site`` where ``user`` is logged in; it shows no page yet."""
        context = self.browser.new_context(
            base_url=site,
            locale="ru-RU",
            timezone_id="Europe/Moscow",
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(TIMEOUT_MS)
        expect.set_options(timeout=TIMEOUT_MS)
        self.contexts.append(context)
        if user is not None:
            name = settings.SESSION_COOKIE_NAME
            session = browser_of(user).cookies[name].value
            context.add_cookies([{"name": name, "value": session, "url": site}])
        page = context.new_page()
        page.on("console", self._record_message)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("response", self._record_response)
        return page

    def _record_message(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(CLIENT_ERROR):
            self.errors.append(message.text)

    def _record_response(self, response: Response) -> None:
        if response.status >= 500:
            self.errors.append(f"{response.status} {response.request.method} {response.url}")

    def close(self) -> None:
        for context in self.contexts:
            context.close()
