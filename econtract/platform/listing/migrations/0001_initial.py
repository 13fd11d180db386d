"""Take over the tables that `tasks` 0011 hands over, as they are."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import econtract.platform.common.clock


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("accounts", "0003_user_single_keys"),
        ("archive", "0003_labels"),
        ("tasks", "0011_move_lists"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="ListSettings",
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
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="list_settings",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("columns", models.JSONField(default=list)),
                    ],
                    options={
                        "verbose_name": "настройка списков",
                        "verbose_name_plural": "настройки списков",
                    },
                ),
                migrations.CreateModel(
                    name="SavedFilter",
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
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="saved_filters",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="Автор",
                            ),
                        ),
                        ("name", models.CharField(max_length=100, verbose_name="Название")),
                        ("tab", models.CharField(max_length=10, verbose_name="Список")),
                        (
                            "query",
                            models.CharField(blank=True, max_length=1000, verbose_name="Условия"),
                        ),
                        (
                            "group",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="saved_filters",
                                to="accounts.accessgroup",
                                verbose_name="Доступен группе",
                            ),
                        ),
                        (
                            "created_at",
                            models.DateTimeField(
                                default=econtract.platform.common.clock.now, verbose_name="Создан"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "сохраненный фильтр",
                        "verbose_name_plural": "сохраненные фильтры",
                        "ordering": ["name", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("owner", "name"), name="saved_filter_once_a_name"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Export",
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
                                related_name="exports",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("tab", models.CharField(max_length=10, verbose_name="Список")),
                        (
                            "query",
                            models.CharField(blank=True, max_length=1000, verbose_name="Условия"),
                        ),
                        ("file_name", models.CharField(max_length=255)),
                        (
                            "file",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="archive.storedfile",
                            ),
                        ),
                        (
                            "created_at",
                            models.DateTimeField(default=econtract.platform.common.clock.now),
                        ),
                    ],
                    options={"verbose_name": "выгрузка", "verbose_name_plural": "выгрузки"},
                ),
            ],
        ),
    ]
