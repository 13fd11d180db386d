"""Hand the tables of notifications to the app that keeps them now (`notifications` 0001)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tasks", "0007_own_list")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.AlterModelTable("Notification", "notifications_notification"),
                migrations.AlterModelTable(
                    "NotificationChoice", "notifications_notificationpreference"
                ),
            ],
            state_operations=[
                migrations.DeleteModel("Notification"),
                migrations.DeleteModel("NotificationChoice"),
            ],
        ),
    ]
