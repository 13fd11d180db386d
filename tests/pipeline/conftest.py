"""The pipeline against a running sandbox."""

import pytest
from pytest_django.fixtures import Settings

from accounts.models import User
from tests.support import world
from tests.support.sandbox import Sandbox, sandbox, sandbox_server

__all__ = ["manager", "sandbox", "sandbox_server", "set_up"]


@pytest.fixture
def set_up(db: None, settings: Settings, sandbox: Sandbox) -> Sandbox:
    """The product, installed and connected to a sandbox in which nothing has happened."""
    world.connect(settings, sandbox)
    world.install()
    return sandbox


@pytest.fixture
def manager(set_up: Sandbox) -> User:
    return world.make_manager()
