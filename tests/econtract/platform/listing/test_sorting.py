"""Cursors: what a link may say about a position in a list."""

import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime

import pytest
from django.http import QueryDict

from econtract.platform.listing.sorting import (
    Cursor,
    SortOrder,
    datetime_key,
    integer_key,
    text_key,
)
from tasks.listing.query import TaskListQuery

BY_UPDATE = SortOrder((datetime_key("updated_at"), integer_key("number")))
BY_NAME = SortOrder((text_key("name"), integer_key("number")))


def encode(*values: object) -> str:
    return urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "я" * 9,
        "A" * 5000,
        encode(1, 2, 3),
        encode("2026-01-01", 5),  # no time zone
        encode("0001-01-01T00:00:00+14:00", 5),
        encode("2026-01-01T00:00:00+00:00", 10**30),
        encode("2026-01-01T00:00:00+00:00", "5"),
        encode({"a": 1}, 5),
    ],
)
def test_a_forged_cursor_gives_the_first_page(text: str) -> None:
    assert BY_UPDATE.decode_cursor(text) is None
    query = TaskListQuery.parse(QueryDict(f"after={text}&before={text}"))
    assert (query.after, query.before) == ("", "")


@pytest.mark.parametrize("name", ["a\x00b", "\ud800", "я" * 301])
def test_a_text_that_a_database_cannot_store_is_not_a_cursor(name: str) -> None:
    assert BY_NAME.decode_cursor(encode(name, 5)) is None


def test_a_cursor_is_decoded_as_it_was_encoded() -> None:
    cursor = Cursor((datetime(2026, 11, 21, 9, 30, 15, 123456, tzinfo=UTC), 7))
    assert BY_UPDATE.decode_cursor(cursor.encode()) == cursor
