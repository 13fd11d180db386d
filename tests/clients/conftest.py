"""People and an outside world for «Управление»."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.test import Client as Browser

from accounts.models import User
from accounts.roles import Role, TaskType
from clients.gateways.cdi import Organisation
from econtract.platform.common.errors import OutsideError
from tests.support.factories import UserFactory
from tests.support.people import browser_of

Login = Callable[..., Browser]


@dataclass
class FakeCdi:
    """CDI without a network: answers from ``organisations`` or fails with ``error``."""

    organisations: list[Organisation] = field(default_factory=list)
    error: OutsideError | None = None

    def search(self, query: str, *, limit: int = 20) -> list[Organisation]:
        if self.error:
            raise self.error
        return self.organisations[:limit]

    def get(self, inn: str, kpp: str = "") -> Organisation | None:
        if self.error:
            raise self.error
        return next((item for item in self.organisations if item.inn == inn), None)


@pytest.fixture
def fake_cdi(monkeypatch: pytest.MonkeyPatch) -> FakeCdi:
    registry = FakeCdi()
    monkeypatch.setattr("clients.gateways.cdi.HttpCdi", lambda: registry)
    return registry


@pytest.fixture
def person(db: None) -> Callable[..., User]:
    """Makes somebody with the given roles and opened task types."""

    def make(*roles: Role, types: tuple[TaskType, ...] = (TaskType.LEGAL,)) -> User:
        user: User = UserFactory.create(roles=list(roles), types=list(types))
        return user

    return make


@pytest.fixture
def manager(person: Callable[..., User]) -> Browser:
    """A manager to whom every type is opened."""
    return browser_of(person(Role.MANAGER, types=tuple(TaskType)))
