"""A database of the version before keeps its jobs."""

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from econtract.platform.outbox.models import OutboxJob

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = [("outbox", "0002_labels"), ("tasks", "0008_move_notifications")]
ERRORS = [
    ("", ("", "", "", "")),
    ("Unavailable: edo: answered 503", ("temporary", "edo", "", "answered 503")),
    ("Refused: edo: KEY_BLOCKED", ("refused", "edo", "KEY_BLOCKED", "")),
    ("Refused: messages: bad no such: number", ("refused", "messages", "bad", "no such: number")),
    ("SendRefused: edo: no_box", ("refused", "edo", "no_box", "")),
    ("Refused: messages: bad +79123456789", ("refused", "messages", "bad", "…")),
    ("KeyError: 'ref'", ("unexpected", "", "KeyError", "'ref'")),
    ("ValueError: ", ("unexpected", "", "ValueError", "")),
    ("NotReadyYet: The document", ("not_ready", "", "", "The document")),
    ("The document is being converted.", ("not_ready", "", "", "The document is being converted.")),
]


@pytest.fixture
def old_apps() -> Any:
    executor = MigrationExecutor(connection)
    latest = executor.loader.graph.leaf_nodes()
    executor.migrate(BEFORE)
    yield executor.loader.project_state(BEFORE).apps
    executor = MigrationExecutor(connection)
    executor.migrate(latest)


def test_old_jobs_keep_their_fields_and_their_errors(old_apps: Any) -> None:
    order = old_apps.get_model("outbox", "Order")
    for number, (last_error, _) in enumerate(ERRORS):
        order.objects.create(
            kind="lodge_document", subject=number, lane=f"task:{number}", last_error=last_error
        )
    dated = order.objects.create(
        kind="expire", subject=1, lane="task:1:expire", attempts=2, payload={"a": 1}, state="parked"
    )

    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())

    jobs = OutboxJob.objects.filter(kind="submit_document_to_archive").order_by("pk")
    assert [(job.subject, job.queue_key) for job in jobs] == [
        (number, f"task:{number}") for number in range(len(ERRORS))
    ]
    assert [(job.error_kind, job.error_system, job.error_code, job.error_text) for job in jobs] == [
        columns for _, columns in ERRORS
    ]
    job = OutboxJob.objects.get(pk=dated.pk)
    assert (job.key, job.attempts, job.payload, job.state) == (dated.key, 2, {"a": 1}, "parked")
    assert job.due_at == dated.due_at
    new = OutboxJob.objects.create(kind="expire", subject=1, queue_key="task:new")
    assert new.pk > dated.pk
    assert OutboxJob.claim(new.pk) is not None


def test_the_indexes_have_the_new_names() -> None:
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, "outbox_outboxjob")
    assert {name for name in constraints if name.startswith(("order_", "outboxjob_"))} == {
        "outboxjob_due",
        "outboxjob_queue",
        "outboxjob_subject",
        "outboxjob_parked",
    }
