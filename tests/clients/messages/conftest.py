"""The provider of the tests of messages."""

import pytest

from tests.support.fake_messages import FakeProvider, connect_provider


@pytest.fixture
def provider(db: None, monkeypatch: pytest.MonkeyPatch) -> FakeProvider:
    """The provider that every message goes to."""
    return connect_provider(monkeypatch)
