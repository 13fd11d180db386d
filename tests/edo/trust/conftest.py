"""An installation that trusts the tests' authority, at a time that stands still."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine

from tests.support.fake_server import FakeServer, run_fake_server
from tests.support.signing.pki import NOW, authority, write_trust


@pytest.fixture
def now() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def installation(
    db: None, settings: Any, tmp_path: Path, now: time_machine.Traveller
) -> dt.datetime:
    settings.EDO_TRUST_ROOTS = str(write_trust(tmp_path, authority()))
    settings.SEAL_TRUST_ROOTS, settings.EDO_CRLS = "", []
    settings.TRUST_PRIVATE_HOSTS = []
    return NOW


@pytest.fixture
def server(installation: dt.datetime, settings: Any) -> Iterator[FakeServer]:
    """The web server of the authority."""
    with run_fake_server() as server:
        settings.TRUST_PRIVATE_HOSTS = [server.url.removeprefix("http://")]
        settings.TRUST_LIST_URL = ""
        yield server
