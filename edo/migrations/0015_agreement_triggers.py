"""The database refuses to change or delete the texts that clients accept.

A later migration that alters the table must create the triggers of SQLite anew: there a table is
built anew to change it, and the new one has none.
"""

from django.db import migrations

TABLE = "edo_agreementtext"
MESSAGE = "a version of an agreement text never changes"
FUNCTION = "edo_refuse_change_of_agreement"


def create(apps, schema_editor):
    for statement in build_create_statements(schema_editor.connection.vendor):
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    for statement in build_drop_statements(schema_editor.connection.vendor):
        schema_editor.execute(statement)


def build_create_statements(vendor):
    if vendor != "postgresql":
        return [
            f"CREATE TRIGGER {TABLE}_{operation.lower()} BEFORE {operation} ON {TABLE} "
            f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            for operation in ("UPDATE", "DELETE")
        ]
    # SQLSTATE 23001, restrict_violation: an IntegrityError, as on SQLite.
    return [
        f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = '23001'; END $$",
        f"CREATE TRIGGER {TABLE}_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}()",
    ]


def build_drop_statements(vendor):
    if vendor != "postgresql":
        return [f"DROP TRIGGER {TABLE}_{operation}" for operation in ("update", "delete")]
    return [f"DROP TRIGGER {TABLE}_change ON {TABLE}", f"DROP FUNCTION {FUNCTION}()"]


class Migration(migrations.Migration):
    dependencies = [("edo", "0014_code_messages")]

    operations = [migrations.RunPython(create, drop)]
