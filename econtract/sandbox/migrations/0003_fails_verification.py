from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("sandbox", "0002_rename_models")]

    operations = [
        migrations.RenameField(
            model_name="edodocument", old_name="doomed", new_name="fails_verification"
        ),
    ]
