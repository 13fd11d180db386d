"""The outbox of an older version. That all its rows are kept is in `tests/migrations`."""

from importlib import import_module

import pytest
from django.db import connection

error_columns = import_module("econtract.platform.outbox.migrations.0004_error_columns")


@pytest.mark.parametrize(
    ("last_error", "columns"),
    [
        ("Unavailable: edo: answered 503", ("temporary", "edo", "", "answered 503")),
        ("Refused: edo: KEY_BLOCKED", ("refused", "edo", "KEY_BLOCKED", "")),
        ("Refused: messages: bad no such: one", ("refused", "messages", "bad", "no such: one")),
        ("SendRefused: edo: no_box", ("refused", "edo", "no_box", "")),
        ("KeyError: 'ref'", ("unexpected", "", "KeyError", "'ref'")),
        ("ValueError: ", ("unexpected", "", "ValueError", "")),
        ("DataError: first line\nsecond line", ("unexpected", "", "DataError", "first line")),
        ("NotReadyYet: The document", ("not_ready", "", "", "The document")),
        ("The document is converted.", ("not_ready", "", "", "The document is converted.")),
    ],
)
def test_an_old_error_is_split_into_columns(
    last_error: str, columns: tuple[str, str, str, str]
) -> None:
    assert error_columns.parse(last_error) == columns


@pytest.mark.django_db
def test_the_indexes_have_the_new_names() -> None:
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, "outbox_outboxjob")
    assert {name for name in constraints if name.startswith(("order_", "outboxjob_"))} == {
        "outboxjob_due",
        "outboxjob_queue",
        "outboxjob_subject",
        "outboxjob_parked",
    }
