"""The whole product as processes, a sandbox without autopilot, and people before browsers.

Starting all that is expensive: the stories share it. Each makes tasks of its own.
"""

from collections.abc import Callable, Iterator
from typing import cast

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings
from playwright.sync_api import Page
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings

from accounts.models import User
from tasks.demo import people
from tests.support import world
from tests.support.chromium.windows import Windows
from tests.support.sandbox import Sandbox
from tests.support.stack import Stack
from tests.support.standing import _django_db_helper, sandbox, windows

__all__ = ["_django_db_helper", "sandbox", "windows"]

Open = Callable[..., Page]


@pytest.fixture(scope="package")
def staff(
    sandbox: Sandbox, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[dict[str, User]]:
    """The users of the demo data by login, in an installation that is set up."""
    with django_db_blocker.unblock(), override_settings():
        world.connect(cast(Settings, settings), sandbox)
        world.install()
        yield people.create_people()
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(scope="package")
def stack(sandbox: Sandbox, staff: dict[str, User]) -> Iterator[Stack]:
    with Stack(sandbox) as processes:
        yield processes.start_all()


@pytest.fixture
def log_in(stack: Stack, staff: dict[str, User], windows: Windows) -> Open:
    """Opens a window of the product where the named person is logged in."""

    def open_(login: str = "manager", **options: object) -> Page:
        return windows.open(stack.url, staff[login], **options)

    return open_


@pytest.fixture
def client(sandbox: Sandbox, windows: Windows) -> Page:
    """The window in which a person plays the client."""
    return windows.open(sandbox.url)
