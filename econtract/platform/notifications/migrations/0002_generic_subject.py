"""A notification is about any object: its task's key becomes the subject's."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def name_the_type(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    notifications = apps.get_model("notifications", "Notification").objects.using(
        schema_editor.connection.alias
    )
    notifications.filter(subject_id__isnull=False).update(subject_type="task")


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]

    operations = [
        migrations.AlterField(
            "notification", "task", models.BigIntegerField(null=True, db_column="task_id")
        ),
        migrations.RenameField("notification", "task", "subject_id"),
        migrations.AlterField("notification", "subject_id", models.BigIntegerField(null=True)),
        migrations.AddField(
            "notification",
            "subject_type",
            models.CharField(blank=True, default="", max_length=20),
            preserve_default=False,
        ),
        migrations.RunPython(name_the_type, migrations.RunPython.noop),
    ]
