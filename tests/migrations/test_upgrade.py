"""An installation of an older version keeps its data when it is migrated to this one."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from tests.migrations.old_database import read_dump
from tests.support.paths import ROOT

DUMP = ROOT / "tests/migrations/data/before_rooms.json.gz"
DATABASE = "econtract_upgrade"
# What has another name today; models and fields that are not listed have the old one.
MODELS = {
    "outbox.order": "outbox.outboxjob",
    "tasks.notification": "notifications.notification",
    "tasks.notificationchoice": "notifications.notificationpreference",
    "tasks.savedfilter": "listing.savedfilter",
    "tasks.listsettings": "listing.listsettings",
    "tasks.export": "listing.export",
}
FIELDS = {
    "outbox.order": {"lane": "queue_key"},
    "tasks.notification": {"task": "subject_id"},
    "archive.documentversion": {"lodged_at": "archived_at"},
    "clients.client": {"warned": "needs_approval"},
    "archive.package": {"lodged_at": "archived_at"},
}
# What is split, computed or gone; tests below look at what has become of it.
CHANGED = {
    "outbox.order": {"last_error", "handed_out_until", "kind"},
    "tasks.signingtask": {"revision", "course", "chips"},
}
# Rows that every installation gets with the migrations.
INITIAL = {"edo.agreementtext", "tasks.callscript", "tasks.documentkind"}
KINDS = {
    "lodge_document": "submit_document_to_archive",
    "lodge_package": "submit_package_to_archive",
}
ERRORS = {
    "Unavailable: archive_apd: no answer": ("temporary", "archive_apd", "", "no answer"),
    "Refused: messages: BLOCKED phone is blocked": (
        "refused",
        "messages",
        "BLOCKED",
        "phone is blocked",
    ),
    "Refused: edo: ALREADY_SIGNED": ("refused", "edo", "ALREADY_SIGNED", ""),
    "": ("", "", "", ""),
}

# The upgrade takes half a minute: the tests share it.
pytestmark = pytest.mark.xdist_group("upgrade")

Rows = dict[tuple[str, Any], dict[str, Any]]


@pytest.fixture(scope="module")
def old() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = read_dump(str(DUMP))["rows"]
    return rows


@pytest.fixture(scope="module")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty database beside the one of the tests, on the same server."""
    if connection.vendor != "postgresql":
        yield f"sqlite:///{tmp_path_factory.mktemp('upgrade') / 'db.sqlite3'}"
        return
    parameters = connection.get_connection_params() | {"dbname": "postgres"}
    login = {
        key: parameters[key] for key in ("dbname", "user", "host", "port") if parameters.get(key)
    }
    name = f"{DATABASE}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with psycopg.connect(**login, autocommit=True) as server:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        server.execute(drop)
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        base, _, query = os.environ["DATABASE_URL"].partition("?")
        head, _, _ = base.rpartition("/")
        yield f"{head}/{name}{'?' + query if query else ''}"
        server.execute(drop)


@pytest.fixture(scope="module")
def today(database_url: str) -> Rows:
    """Every row after the upgrade, by model and primary key."""

    def run(*command: str | Path) -> str:
        environment = os.environ | {"DATABASE_URL": database_url}
        result = subprocess.run(
            [sys.executable, "-W", "ignore", *command],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stderr
        return result.stdout

    run("-m", "tests.migrations.old_database", DUMP)
    run("manage.py", "migrate", "--no-input")
    apps = ("accounts", "archive", "clients", "edo", "listing", "notifications", "outbox", "tasks")
    rows = json.loads(run("manage.py", "dumpdata", "--natural-foreign", *apps))
    return {(row["model"], row["pk"]): row["fields"] for row in rows}


def test_no_row_is_lost_or_added(old: list[dict[str, Any]], today: Rows) -> None:
    before = Counter(MODELS.get(row["model"], row["model"]) for row in old)
    assert len(old) > 1000
    after = Counter(model for model, _ in today if model not in INITIAL)
    assert after == before


def test_every_value_is_kept(old: list[dict[str, Any]], today: Rows) -> None:
    differences = []
    for row in old:
        model = row["model"]
        after = today[MODELS.get(model, model), row["pk"]]
        renamed, changed = FIELDS.get(model, {}), CHANGED.get(model, set())
        for name, value in row["fields"].items():
            now = after.get(renamed.get(name, name), "missing")
            if name not in changed and _plain(now) != _plain(value):
                differences.append(f"{model} {row['pk']} {name}: {value!r} → {now!r}")
    assert differences == []


def _plain(value: Any) -> Any:
    """A moment without fractions is written both ways."""
    return value.replace(".000Z", "Z") if isinstance(value, str) else value


def test_a_notification_is_about_its_task(old: list[dict[str, Any]], today: Rows) -> None:
    for row in old:
        if row["model"] == "tasks.notification":
            after = today["notifications.notification", row["pk"]]
            assert after["subject_type"] == ("task" if row["fields"]["task"] else "")


def test_a_failure_becomes_columns_and_a_kind_its_class(
    old: list[dict[str, Any]], today: Rows
) -> None:
    for row in old:
        if row["model"] != "outbox.order":
            continue
        after = today["outbox.outboxjob", row["pk"]]
        kind, last_error = row["fields"]["kind"], row["fields"]["last_error"]
        assert after["kind"] == KINDS.get(kind, kind)
        columns = tuple(after[f"error_{name}"] for name in ("kind", "system", "code", "text"))
        if last_error in ERRORS:
            assert columns == ERRORS[last_error]
        else:
            assert all((columns[0], columns[3]))
    assert {row["fields"]["last_error"] for row in old if row["model"] == "outbox.order"} > set(
        ERRORS
    )
