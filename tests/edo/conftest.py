"""Fixtures with a running sandbox as every outside system."""

from collections.abc import Iterator
from typing import Any

import pytest

from econtract.platform.common import http
from edo.channels.operator import diadoc
from tests.support.sandbox import Sandbox
from tests.support.signing.operator_world import OperatorWorld, create_operator_world
from tests.support.world import connect


@pytest.fixture
def connected_sandbox(db: None, settings: Any, sandbox: Sandbox) -> Iterator[Sandbox]:
    """Every outside system is the sandbox, and its test authority is trusted."""
    connect(settings, sandbox)
    settings.SIGNING_PROVIDER = "http"
    yield sandbox
    for client in http._clients.values():
        client.close()
    http._clients.clear()
    diadoc._organisation_ids.clear()


@pytest.fixture
def world(db: None, connected_sandbox: Sandbox) -> OperatorWorld:
    return create_operator_world(connected_sandbox)
