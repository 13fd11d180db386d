"""What every test stands on."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings

import econtract.celery  # noqa: F401  (jobs are published to this application)
from accounts.models import User
from econtract.platform.common import http
from edo.trust import store
from tasks.models import SigningTask
from tests.support import world
from tests.support.chromium.windows import launch_arguments
from tests.support.evidence_triggers import lift_for_flushes
from tests.support.factories import SigningTaskFactory
from tests.support.people import People, browser_of, make_people
from tests.support.sandbox import Sandbox, sandbox, sandbox_server

__all__ = ["sandbox", "sandbox_server"]

FIRST_TASK_NUMBER = 900_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What drives real processes comes first: it lasts longest, and nobody should wait for it."""
    items.sort(key=lambda item: item.get_closest_marker("processes") is None)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The test database, in which tasks have large numbers: a small one would be found by searches
    for other things. It is dropped at the end although a connection to it may be forgotten.

    While Playwright's event loop runs, Django keeps the main thread's connection in another
    place, so the one from before or after is out of its sight: PostgreSQL ends it.
    """
    lift_for_flushes()
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = "pg_get_serial_sequence('tasks_signingtask', 'number')"
            cursor.execute(f"SELECT setval({sequence}, {FIRST_TASK_NUMBER})")
        else:
            cursor.execute(
                "INSERT INTO sqlite_sequence (name, seq) VALUES ('tasks_signingtask', %s)",
                [FIRST_TASK_NUMBER],
            )
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(autouse=True)
def fresh_trust() -> None:
    """The database that this process has read belonged to another test."""
    store.forget()


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The system's Chromium, which finds no host but this one."""
    return launch_arguments()


@pytest.fixture
def set_up(
    db: None, settings: Settings, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> Sandbox:
    """The product, installed and connected to a sandbox in which nothing has happened."""
    # Whether a call is repeated matters here, not how long it is waited for.
    monkeypatch.setattr(http, "RETRY_DELAYS_SECONDS", (0.0, 0.0))
    world.connect(settings, sandbox)
    world.install()
    return sandbox


@pytest.fixture
def manager(set_up: Sandbox) -> User:
    """A manager of that product, who may do everything a manager may."""
    return world.make_manager()


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def owner(people: People) -> User:
    """The manager whose tasks they are."""
    user = people["owner"]
    assert user is not None
    return user


@pytest.fixture
def web(owner: User) -> Client:
    """His browser, logged in."""
    return browser_of(owner)


@pytest.fixture
def task(people: People) -> SigningTask:
    made: SigningTask = SigningTaskFactory(manager=people["owner"])
    return made
