"""Take over the tables that `tasks` 0008 hands over, as they are."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import econtract.platform.common.clock

MAIL = [("never", "Не присылать"), ("now", "Сразу"), ("daily", "Раз в день")]


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("tasks", "0008_move_notifications"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Notification",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "recipient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="notifications",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("kind", models.CharField(max_length=12)),
                        (
                            "task",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="notifications",
                                to="tasks.signingtask",
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                blank=True,
                                help_text="The subject's, at that moment.",
                                max_length=40,
                            ),
                        ),
                        ("text", models.CharField(max_length=300)),
                        ("source", models.CharField(max_length=100)),
                        ("in_bell", models.BooleanField(default=True)),
                        ("mail", models.CharField(choices=MAIL, default="never", max_length=5)),
                        (
                            "created_at",
                            models.DateTimeField(default=econtract.platform.common.clock.now),
                        ),
                        ("read_at", models.DateTimeField(null=True)),
                        ("mailed_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "verbose_name": "уведомление",
                        "verbose_name_plural": "уведомления",
                        "ordering": ["-pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("in_bell", True), ("read_at__isnull", True)),
                                fields=["recipient", "-id"],
                                name="notification_unread",
                            ),
                            models.Index(
                                condition=models.Q(("in_bell", True), ("read_at__isnull", False)),
                                fields=["recipient", "-id"],
                                name="notification_read",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("mail", "daily"),
                                    ("mailed_at__isnull", True),
                                    ("read_at__isnull", True),
                                ),
                                fields=["recipient"],
                                name="notification_digest",
                            ),
                            models.Index(fields=["created_at"], name="notification_age"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("recipient", "source"), name="notification_once"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="NotificationPreference",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="notification_preferences",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("kind", models.CharField(max_length=12)),
                        ("bell", models.BooleanField(default=True)),
                        ("mail", models.CharField(choices=MAIL, default="daily", max_length=5)),
                    ],
                    options={
                        "verbose_name": "настройка уведомлений",
                        "verbose_name_plural": "настройки уведомлений",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("user", "kind"), name="notification_choice_once"
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
