"""The form in a real Chromium, served by the test's own process; CDI and ЕИП stand beside it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.support.chromium.screens import Screens

# Chromium's and htmx's own lines about an answer that is a refusal on purpose (422, 409).
REFUSED = ("Failed to load resource: the server responded with a status of 4", "Response Status")


@pytest.fixture(autouse=True)
def _committed(transactional_db: None) -> None:
    """The server's threads see what the test has made."""


class Forms:
    """Opens paths as one manager; ``complaints`` are those of console and content policy."""

    def __init__(self, screens: Screens, user: User) -> None:
        self.screens, self.user = screens, user
        self.complaints = screens.complaints

    def __call__(self, path: str = "/tasks/new/company/", **options: object) -> Page:
        page = self.screens.open(path, self.user, **options)
        page.set_default_timeout(30_000)  # the machine may be busy with other tests
        return page

    def settle(self) -> None:
        """Waits for drafts on their way: they would find the database emptied under their feet."""
        for context in self.screens.contexts:
            for page in context.pages:
                waiting = page.locator("#draft-status", has_text="Сохраняем")
                expect(waiting).to_have_count(0)


@pytest.fixture
def open_form(live_server: LiveServer, browser: Browser, manager: User) -> Iterator[Forms]:
    """Opens forms as the manager. The browser may complain of nothing, policy included."""
    forms = Forms(Screens(live_server, browser), manager)
    yield forms
    forms.settle()
    forms.screens.close()
    assert [text for text in forms.complaints if not text.startswith(REFUSED)] == []
