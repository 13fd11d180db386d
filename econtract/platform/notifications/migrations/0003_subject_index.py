"""The subject's index and constraint: PostgreSQL makes neither in the transaction of an update."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_generic_subject")]

    operations = [
        migrations.AddIndex(
            "notification",
            models.Index(fields=["subject_id", "subject_type"], name="notification_subject"),
        ),
        migrations.AddConstraint(
            "notification",
            models.CheckConstraint(
                condition=models.Q(("subject_id__isnull", True), ("subject_type", ""))
                | models.Q(
                    models.Q(("subject_type", ""), _negated=True), ("subject_id__isnull", False)
                ),
                name="notification_subject_is_whole",
            ),
        ),
    ]
