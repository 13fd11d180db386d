"""Name the moment of archiving like the other archive fields: archived_at."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("archive", "0003_labels")]

    operations = [
        migrations.RemoveConstraint(model_name="documentversion", name="lodged_document_has_code"),
        migrations.RenameField("documentversion", "lodged_at", "archived_at"),
        migrations.RenameField("package", "lodged_at", "archived_at"),
        migrations.AddConstraint(
            model_name="documentversion",
            constraint=models.CheckConstraint(
                condition=models.Q(archive_code="", archived_at__isnull=True)
                | (~models.Q(archive_code="") & models.Q(archived_at__isnull=False)),
                name="archived_document_has_code",
            ),
        ),
    ]
