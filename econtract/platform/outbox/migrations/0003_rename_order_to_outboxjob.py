from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0002_labels"),
    ]

    operations = [
        migrations.RenameModel(old_name="Order", new_name="OutboxJob"),
        # A renamed field leaves the old name in the index's state: rebuild this small index.
        migrations.RemoveIndex(model_name="outboxjob", name="order_lane"),
        migrations.RenameField(model_name="outboxjob", old_name="lane", new_name="queue_key"),
        migrations.RenameField(
            model_name="outboxjob", old_name="handed_out_until", new_name="dispatched_until"
        ),
        migrations.AddIndex(
            model_name="outboxjob",
            index=models.Index(
                fields=["queue_key", "id"], name="outboxjob_queue", condition=Q(state="open")
            ),
        ),
        migrations.RenameIndex(
            model_name="outboxjob", old_name="order_due", new_name="outboxjob_due"
        ),
        migrations.RenameIndex(
            model_name="outboxjob", old_name="order_subject", new_name="outboxjob_subject"
        ),
        migrations.RenameIndex(
            model_name="outboxjob", old_name="order_parked", new_name="outboxjob_parked"
        ),
    ]
