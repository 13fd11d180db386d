"""The form in Chromium, served by the test's own process; CDI and ЕИП are fakes."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.support.chromium.screens import Screens

# What Chromium and htmx log about the responses 422 and 409.
REFUSED = ("Failed to load resource: the server responded with a status of 4", "Response Status")


@pytest.fixture(autouse=True)
def _committed(transactional_db: None) -> None:
    """The threads of the server see the data of the test."""


class Forms:
    """Opens paths as one manager; ``errors`` are errors of the console and the CSP."""

    def __init__(self, screens: Screens, user: User) -> None:
        self.screens, self.user = screens, user
        self.errors = screens.errors

    def __call__(self, path: str = "/tasks/new/company/", **options: object) -> Page:
        page = self.screens.open(path, self.user, **options)
        page.set_default_timeout(30_000)  # the machine may be busy with other tests
        return page

    def settle(self) -> None:
        """Wait for running autosaves: afterwards the database is emptied."""
        for context in self.screens.contexts:
            for page in context.pages:
                waiting = page.locator("#draft-status", has_text="Сохраняем")
                expect(waiting).to_have_count(0)


@pytest.fixture
def open_form(live_server: LiveServer, browser: Browser, manager: User) -> Iterator[Forms]:
    """Opens forms as the manager; any error of the console or the CSP fails the test."""
    forms = Forms(Screens(live_server, browser), manager)
    yield forms
    forms.settle()
    forms.screens.close()
    assert [text for text in forms.errors if not text.startswith(REFUSED)] == []
