"""Names of access groups are unique without case and spaces; groups that exist keep theirs."""

from django.db import migrations, models


def fill(apps, schema_editor):
    keys = set()
    for group in apps.get_model("accounts", "AccessGroup").objects.order_by("pk"):
        key = "".join(group.name.split()).casefold()
        # Somebody has to rename one of the two; until then both stay.
        group.name_key = f"{key} #{group.pk}" if key in keys else key
        keys.add(key)
        group.save(update_fields=["name_key"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_session_generation")]

    operations = [
        migrations.AddField(
            model_name="accessgroup",
            name="name_key",
            field=models.CharField(default="", editable=False, max_length=220),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="accessgroup",
            name="name_key",
            field=models.CharField(editable=False, max_length=220, unique=True),
        ),
    ]
