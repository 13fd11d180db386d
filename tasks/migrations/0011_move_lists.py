"""Hand the tables of the lists to the app that keeps them now (`listing` 0001)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tasks", "0010_plain_names")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.AlterModelTable("Export", "listing_export"),
                migrations.AlterModelTable("ListSettings", "listing_listsettings"),
                migrations.AlterModelTable("SavedFilter", "listing_savedfilter"),
            ],
            state_operations=[
                migrations.DeleteModel("Export"),
                migrations.DeleteModel("ListSettings"),
                migrations.DeleteModel("SavedFilter"),
            ],
        ),
    ]
