from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("sandbox", "0001_initial")]

    operations = [
        migrations.RenameModel("World", "SandboxState"),
        migrations.RenameModel("JournalEntry", "SystemJournalEntry"),
        migrations.RenameModel("Event", "FeedEvent"),
    ]
