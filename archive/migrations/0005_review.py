"""What a person must check before a document is sent, and who has looked at its pages."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def move_warnings(apps, schema_editor):
    """A ready version kept the warning of its conversion in `problem`."""
    versions = apps.get_model("archive", "DocumentVersion").objects.filter(state="ready")
    for version in versions.exclude(problem="").iterator():
        version.findings = [{"code": "text_missing", "text": version.problem, "files": []}]
        version.problem = ""
        version.save(update_fields=["findings", "problem"])


class Migration(migrations.Migration):
    dependencies = [
        ("archive", "0004_archived_at"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="documentversion",
            name="findings",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="Чего не видно по страницам или что могло потеряться при преобразовании.",
                verbose_name="Проверить перед отправкой",
            ),
        ),
        migrations.AddField(
            model_name="documentversion",
            name="reviewed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="Страницы просмотрены"),
        ),
        migrations.AddField(
            model_name="documentversion",
            name="reviewed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="Страницы просмотрел",
            ),
        ),
        migrations.AlterField(
            model_name="documentversion",
            name="problem",
            field=models.CharField(
                blank=True,
                help_text="Причина, по которой нет файла PDF.",
                max_length=500,
                verbose_name="Что не так",
            ),
        ),
        migrations.RunPython(move_warnings, migrations.RunPython.noop),
    ]
