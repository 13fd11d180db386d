import re

from django.db import migrations, models

# For example «Unavailable: edo: answered 503», «Refused: edo: KEY_BLOCKED the key is blocked» or
# «KeyError: ref». What was not ready yet has no prefix while it is being retried.
PREFIX = re.compile(r"(\w+): ?(.*)", re.DOTALL)
# As in `failures.py`: e-mail addresses and long numbers are not kept.
PERSONAL_DATA = re.compile(r"\S+@\S+|\+?\d(?:[ ()-]{0,2}\d){5,}")


def parse(last_error):
    match = PREFIX.fullmatch(last_error)
    if match is None:
        return "not_ready", "", "", last_error
    name, rest = match.groups()
    if name == "NotReadyYet":
        return "not_ready", "", "", rest
    system, separator, message = rest.partition(": ")
    if name == "Unavailable":
        return "temporary", system, "", message
    if name.endswith("Refused") and separator:
        code, _, text = message.partition(" ")
        return "refused", system, code, text
    return "unexpected", "", name, rest.partition("\n")[0]


def split_errors(apps, schema_editor):
    OutboxJob = apps.get_model("outbox", "OutboxJob")
    jobs = OutboxJob.objects.using(schema_editor.connection.alias).exclude(last_error="")
    for job in jobs.only("last_error").iterator():
        kind, system, code, text = parse(job.last_error)
        OutboxJob.objects.using(schema_editor.connection.alias).filter(pk=job.pk).update(
            error_kind=kind,
            error_system=system[:50],
            error_code=code[:100],
            error_text=PERSONAL_DATA.sub("…", text),
        )


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0003_rename_order_to_outboxjob"),
    ]

    operations = [
        migrations.AddField(
            model_name="outboxjob",
            name="error_kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("temporary", "Unavailable"),
                    ("refused", "Refused"),
                    ("not_ready", "NotReadyYet"),
                    ("unexpected", "Unexpected"),
                ],
                default="",
                max_length=20,
                verbose_name="Вид ошибки",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="outboxjob",
            name="error_system",
            field=models.CharField(
                blank=True, default="", max_length=50, verbose_name="Система с ошибкой"
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="outboxjob",
            name="error_code",
            field=models.CharField(
                blank=True, default="", max_length=100, verbose_name="Код ошибки"
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="outboxjob",
            name="error_text",
            field=models.CharField(
                blank=True, default="", max_length=1000, verbose_name="Текст ошибки"
            ),
            preserve_default=False,
        ),
        migrations.RunPython(split_errors, migrations.RunPython.noop),
        migrations.RemoveField(model_name="outboxjob", name="last_error"),
    ]
