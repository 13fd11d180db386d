"""Settings, filters and exports belong to one of several lists: so far, to that of tasks."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def of_tasks() -> models.CharField:
    return models.CharField(max_length=20, default="tasks")


class Migration(migrations.Migration):
    dependencies = [("listing", "0001_initial")]

    operations = [
        *(
            migrations.AddField(model, "list_code", of_tasks(), preserve_default=False)
            for model in ("listsettings", "savedfilter", "export")
        ),
        migrations.AlterField(
            "listsettings",
            "user",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="list_settings",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            "listsettings",
            models.UniqueConstraint(fields=("user", "list_code"), name="list_settings_once_a_list"),
        ),
        migrations.RemoveConstraint("savedfilter", "saved_filter_once_a_name"),
        migrations.AddConstraint(
            "savedfilter",
            models.UniqueConstraint(
                fields=("owner", "list_code", "name"), name="saved_filter_once_a_name"
            ),
        ),
    ]
