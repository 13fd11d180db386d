"""Fixtures for tests that share a standing product: its processes go on from test to test."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.chromium.windows import Windows
from tests.support.sandbox import Sandbox, running


@pytest.fixture
def _django_db_helper() -> None:
    """Takes the place of pytest-django's: the mark `django_db` has the database made, and nothing
    is emptied between the tests, for the processes go on using it.
    """


@pytest.fixture(scope="package")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running(tmp_path_factory.mktemp("sandbox")) as site:
        yield site


@pytest.fixture
def windows(browser: Browser) -> Iterator[Windows]:
    """At the end nothing may have gone wrong in any window."""
    opened = Windows(browser)
    yield opened
    opened.close()
    assert opened.errors == []
