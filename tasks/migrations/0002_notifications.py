import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import econtract.platform.common.clock

KINDS = [
    ("signed", "Клиент подписал документ"),
    ("refused", "Клиент отказался"),
    ("error", "Ошибка в задании"),
    ("authority", "Пришли документы о полномочиях"),
    ("given", "Задание передано вам"),
    ("left", "Ваше задание передано другому"),
    ("comment", "Новый комментарий"),
    ("mention", "Вас упомянули в комментарии"),
    ("approval", "Согласование"),
    ("expiry", "Истекает сертификат или МЧД"),
]
MAILS = [("never", "Не присылать"), ("now", "Сразу"), ("daily", "Раз в день")]


class Migration(migrations.Migration):
    dependencies = [
        ("tasks", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Notification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(choices=KINDS, max_length=12)),
                (
                    "status",
                    models.CharField(
                        blank=True, help_text="The task's, at that moment.", max_length=40
                    ),
                ),
                ("text", models.CharField(max_length=300)),
                ("source", models.CharField(max_length=100)),
                ("in_bell", models.BooleanField(default=True)),
                ("mail", models.CharField(choices=MAILS, default="never", max_length=5)),
                ("created_at", models.DateTimeField(default=econtract.platform.common.clock.now)),
                ("read_at", models.DateTimeField(null=True)),
                ("mailed_at", models.DateTimeField(null=True)),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notifications",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notifications",
                        to="tasks.signingtask",
                    ),
                ),
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
            name="NotificationChoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(choices=KINDS, max_length=12)),
                ("bell", models.BooleanField(default=True)),
                ("mail", models.CharField(choices=MAILS, default="daily", max_length=5)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notification_choices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
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
        migrations.CreateModel(
            name="Viewing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seen_at", models.DateTimeField()),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="viewings",
                        to="tasks.signingtask",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "просмотр задания",
                "verbose_name_plural": "просмотры заданий",
                "indexes": [models.Index(fields=["seen_at"], name="viewing_age")],
                "constraints": [
                    models.UniqueConstraint(fields=("task", "user"), name="viewing_once"),
                ],
            },
        ),
    ]
