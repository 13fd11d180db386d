"""The error columns: what went wrong, without personal data."""

import pytest
from django.db import IntegrityError

from econtract.platform.common.errors import NotReadyYet, Refused, Unavailable
from econtract.platform.outbox.failures import error_columns, error_summary


@pytest.mark.parametrize(
    ("error", "columns", "summary"),
    [
        (
            Unavailable("edo", "answered 503"),
            ("temporary", "edo", "", "answered 503"),
            "Unavailable: edo: answered 503",
        ),
        (
            Refused("edo", "KEY_BLOCKED", "The key is blocked"),
            ("refused", "edo", "KEY_BLOCKED", "The key is blocked"),
            "Refused: edo: KEY_BLOCKED The key is blocked",
        ),
        (
            Refused("messages", "bad_number"),
            ("refused", "messages", "bad_number", ""),
            "Refused: messages: bad_number",
        ),
        (NotReadyYet("Wait"), ("not_ready", "", "", "Wait"), "NotReadyYet: Wait"),
        (ValueError("bug"), ("unexpected", "", "ValueError", "bug"), "ValueError: bug"),
    ],
    ids=str,
)
def test_every_error_has_its_columns(
    error: Exception, columns: tuple[str, str, str, str], summary: str
) -> None:
    stored = error_columns(error)
    assert tuple(stored.values()) == columns
    assert error_summary(*columns) == summary


@pytest.mark.parametrize(
    "text",
    [
        "addressee petrov@client.example is malformed",
        "phone +7 (912) 345-67-89 is not known",
        "ИНН 7707083893 has no box",
        'duplicate key value\nDETAIL:  Key (surname)=(Петров) already exists, "petrov"',
    ],
)
def test_no_personal_data_is_stored(text: str) -> None:
    for error in (Refused("edo", "bad", text), IntegrityError(text)):
        stored = error_columns(error)["error_text"]
        assert "petrov@" not in stored
        assert not any(number in stored for number in ("345-67", "7707083893"))
    assert "Петров" not in error_columns(IntegrityError(text))["error_text"]


def test_long_texts_fit_the_columns() -> None:
    stored = error_columns(Refused("edo", "c" * 200, "t" * 2000))
    assert (len(stored["error_code"]), len(stored["error_text"])) == (100, 1000)
