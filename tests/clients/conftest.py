"""A manager and a fake CDI for the tests of `clients`."""

import pytest
from django.test import Client as Browser

from accounts.roles import Role, TaskType
from tests.support.factories import UserFactory
from tests.support.fake_cdi import FakeCdi
from tests.support.people import browser_of


@pytest.fixture
def fake_cdi(monkeypatch: pytest.MonkeyPatch) -> FakeCdi:
    registry = FakeCdi()
    monkeypatch.setattr("clients.gateways.cdi.HttpCdi", lambda: registry)
    return registry


@pytest.fixture
def manager(db: None) -> Browser:
    """A manager with access to every task type."""
    return browser_of(UserFactory.create(roles=[Role.MANAGER], types=list(TaskType)))
