"""An index for «any part of a contact's name or e-mail» where the database has one (PostgreSQL's pg_trgm)."""

from django.db import migrations

INDEXES = {
    "contact_name_trigram": "name_key",
    "contact_email_trigram": "email",
}


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        for name, column in INDEXES.items():
            schema_editor.execute(
                f"CREATE INDEX {name} ON clients_contactversion USING gin ({column} gin_trgm_ops)"
            )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in INDEXES:
            schema_editor.execute(f"DROP INDEX IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [("clients", "0005_needs_approval")]

    operations = [migrations.RunPython(create, drop)]
