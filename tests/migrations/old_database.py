"""Fills an empty database with the rows of an older version: its migrations, then the rows.

    python -m tests.migrations.old_database DUMP.json.gz

A process of its own, because the database is that of DATABASE_URL and not the tests'. The rows are
what that version's `dumpdata --natural-foreign` printed.
"""

import gzip
import json
import os
import sys
from typing import Any

import django
from django.apps.registry import Apps
from django.core.management import call_command
from django.db import connection, models, transaction
from django.db.migrations.loader import MigrationLoader


def read_dump(path: str) -> dict[str, Any]:
    """``migrations`` by app, and ``rows`` as `dumpdata` writes them."""
    with gzip.open(path) as file:
        dump: dict[str, Any] = json.load(file)
    return dump


def load(dump: dict[str, Any]) -> None:
    """Migrates to the dump's migrations and inserts its rows. The database must be empty."""
    targets = list(dump["migrations"].items())
    for app_label, name in targets:
        # The command, and not the executor: it makes the permissions, too.
        call_command("migrate", app_label, name, verbosity=0)
    apps = MigrationLoader(connection).project_state(targets).apps
    with transaction.atomic(), connection.constraint_checks_disabled():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for row in dump["rows"]:
            _insert(apps, row)


def _insert(apps: Apps, row: dict[str, Any]) -> None:
    model = apps.get_model(row["model"])
    values, many = {"pk": row["pk"]}, {}
    for name, value in row["fields"].items():
        field = model._meta.get_field(name)
        if isinstance(field, models.ManyToManyField):
            many[name] = [_key(apps, each) for each in value]
        elif isinstance(field, models.ForeignKey):
            values[field.attname] = _key(apps, value)
        elif not field.generated:
            values[name] = value if value is None else field.to_python(value)
    made = model._default_manager.bulk_create([model(**values)])[0]
    for name, keys in many.items():
        getattr(made, name).set(keys)


def _key(apps: Apps, value: Any) -> Any:
    """Users and permissions are dumped as natural keys, everything else as primary keys."""
    if not isinstance(value, list):
        return value
    if len(value) == 1:
        return apps.get_model("accounts", "User")._default_manager.get(username=value[0]).pk
    codename, app_label, model = value
    permissions = apps.get_model("auth", "Permission")._default_manager
    return permissions.get(
        codename=codename, content_type__app_label=app_label, content_type__model=model
    ).pk


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "econtract.settings")
    django.setup()
    load(read_dump(sys.argv[1]))
