"""The database refuses to change or delete evidence records and anchors."""

from django.db import migrations, models

TABLES = ("edo_evidencerecord", "edo_evidenceanchor")
MESSAGE = "evidence is append-only"
FUNCTION = "edo_refuse_change_of_evidence"


def create(apps, schema_editor):
    for statement in build_create_statements(schema_editor.connection.vendor):
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    for statement in build_drop_statements(schema_editor.connection.vendor):
        schema_editor.execute(statement)


def build_create_statements(vendor):
    if vendor != "postgresql":
        return [
            f"CREATE TRIGGER {table}_{operation.lower()} BEFORE {operation} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            for table in TABLES
            for operation in ("UPDATE", "DELETE")
        ]
    # SQLSTATE 23001, restrict_violation: an IntegrityError, as on SQLite.
    function = (
        f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = '23001'; END $$"
    )
    triggers = [
        f"CREATE TRIGGER {table}_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}()"
        for table in TABLES
    ]
    return [function, *triggers]


def build_drop_statements(vendor):
    if vendor != "postgresql":
        return [
            f"DROP TRIGGER {table}_{operation}"
            for table in TABLES
            for operation in ("update", "delete")
        ]
    triggers = [f"DROP TRIGGER {table}_change ON {table}" for table in TABLES]
    return [*triggers, f"DROP FUNCTION {FUNCTION}()"]


class Migration(migrations.Migration):
    dependencies = [("edo", "0010_simple_signing")]

    operations = [
        migrations.AddField(
            model_name="evidenceanchor",
            name="last_record",
            field=models.BigIntegerField(
                default=0, help_text="Records up to this id were there when the heads were read."
            ),
            preserve_default=False,
        ),
        # Last: SQLite builds a table anew to change it, and the new one has no triggers.
        migrations.RunPython(create, drop),
    ]
