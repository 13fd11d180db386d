from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("clients", "0004_version_phones")]

    operations = [
        migrations.RenameField(model_name="client", old_name="warned", new_name="needs_approval"),
    ]
