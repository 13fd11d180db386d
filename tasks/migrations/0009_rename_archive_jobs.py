from django.db import migrations

RENAMED = {
    "lodge_document": "submit_document_to_archive",
    "lodge_package": "submit_package_to_archive",
}


def rename(apps, schema_editor, names):
    jobs = apps.get_model("outbox", "OutboxJob").objects.using(schema_editor.connection.alias)
    for old, new in names.items():
        jobs.filter(kind=old).update(kind=new)


def forwards(apps, schema_editor):
    rename(apps, schema_editor, RENAMED)


def backwards(apps, schema_editor):
    rename(apps, schema_editor, {new: old for old, new in RENAMED.items()})


class Migration(migrations.Migration):
    """The stored kinds of outbox job carry the names of their classes."""

    dependencies = [
        ("tasks", "0008_move_notifications"),
        ("outbox", "0004_error_columns"),
    ]

    operations = [migrations.RunPython(forwards, backwards)]
