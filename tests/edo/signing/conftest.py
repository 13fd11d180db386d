"""Fixtures of the tests of signatures that somebody confirms."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from econtract.platform.common import clock
from tests.support.signing.confirmations import Phones


@pytest.fixture
def phones(settings: Any) -> Iterator[Phones]:
    """A cloud service with one owner of a key, in a time that stands still."""
    settings.SIGNING_BATCH_SECONDS, settings.SIGNING_CONFIRMATION_MINUTES = 3, 30
    with time_machine.travel(clock.now(), tick=False) as travel:
        yield Phones(travel)
