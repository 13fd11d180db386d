"""Events that cannot be handled yet are put off, so that they hold up nobody behind them."""

from django.db import migrations, models

import econtract.platform.common.clock


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0004_error_columns"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="inboundevent",
            name="event_waiting",
        ),
        migrations.AddField(
            model_name="inboundevent",
            name="due_at",
            field=models.DateTimeField(
                default=econtract.platform.common.clock.now, verbose_name="Обработать не раньше"
            ),
        ),
        migrations.AddIndex(
            model_name="inboundevent",
            index=models.Index(
                condition=models.Q(("handled_at__isnull", True)),
                fields=["source", "due_at", "id"],
                name="event_due",
            ),
        ),
    ]
