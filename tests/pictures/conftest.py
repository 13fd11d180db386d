"""The demonstration as processes, for pictures: nothing moves in it while they are taken."""

import os
from collections.abc import Iterator
from typing import cast

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings
from playwright.sync_api import Browser
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings

from tests.support import world
from tests.support.browser import Windows
from tests.support.sandbox import Sandbox, running
from tests.support.stack import Stack

# Making the demonstration takes a minute or two: only who wants new pictures waits for it.
collect_ignore = [] if os.environ.get("ECONTRACT_SCREENS") == "yes" else ["test_pictures.py"]


@pytest.fixture
def _django_db_helper() -> None:
    """As in `tests.e2e.conftest`: the processes go on using the database between the tests."""


@pytest.fixture(scope="package")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running(tmp_path_factory.mktemp("sandbox")) as site:
        yield site


@pytest.fixture(scope="package")
def demonstration(
    sandbox: Sandbox, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Stack]:
    """The product with its demo data and a web server, and no worker."""
    with django_db_blocker.unblock(), override_settings():
        world.connect(cast(Settings, settings), sandbox)
        call_command("load_reference", verbosity=0)
        call_command("seed_demo", verbosity=0)
        with Stack(sandbox) as stack:
            stack.start_web()
            yield stack
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def windows(browser: Browser) -> Iterator[Windows]:
    opened = Windows(browser)
    yield opened
    opened.close()
    assert opened.complaints == []
