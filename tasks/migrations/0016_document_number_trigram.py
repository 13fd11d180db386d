"""An index for «any part of a document number» where the database has one (PostgreSQL's pg_trgm)."""

from django.db import migrations

INDEXES = {"task_document_trigram": "document_number"}


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        for name, column in INDEXES.items():
            schema_editor.execute(
                f"CREATE INDEX {name} ON tasks_signingtask USING gin ({column} gin_trgm_ops)"
            )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in INDEXES:
            schema_editor.execute(f"DROP INDEX IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [("tasks", "0015_comment_once")]

    operations = [migrations.RunPython(create, drop)]
