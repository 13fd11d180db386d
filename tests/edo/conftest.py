"""Fixtures with a running sandbox as every outside system."""

from collections.abc import Iterator
from typing import Any

import pytest

from econtract.platform.common import http
from econtract.platform.common.http import OutsideHttp
from edo.channels.operator.diadoc import client as diadoc
from tests.support.sandbox import Sandbox
from tests.support.signing.operator_world import OperatorWorld, create_operator_world
from tests.support.signing.planned_http import PlannedHttp
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
    diadoc._own_boxes.clear()


@pytest.fixture
def world(db: None, connected_sandbox: Sandbox) -> OperatorWorld:
    return create_operator_world(connected_sandbox)


@pytest.fixture
def fake_http(monkeypatch: pytest.MonkeyPatch) -> PlannedHttp:
    """Every outside call gets a fake_http response."""
    http = PlannedHttp()
    monkeypatch.setattr(
        OutsideHttp, "request", lambda self, *args, **call: http.request(self, *args, **call)
    )
    diadoc._own_boxes.clear()
    return http
