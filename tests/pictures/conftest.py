"""The demonstration for pictures: a web server without a worker, so that nothing changes."""

import os
from collections.abc import Iterator
from typing import cast

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings

from tests.support import world
from tests.support.sandbox import Sandbox
from tests.support.stack import Stack
from tests.support.standing import _django_db_helper, sandbox, windows

__all__ = ["_django_db_helper", "sandbox", "windows"]

# Making the demonstration takes a minute or two, so pictures are taken on request only.
collect_ignore = [] if os.environ.get("ECONTRACT_SCREENS") == "yes" else ["test_pictures.py"]


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
