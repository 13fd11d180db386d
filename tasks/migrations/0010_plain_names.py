"""Plain names for generated columns; status labels leave the migrations; `revision` goes."""

import django_fsm
from django.db import migrations, models

import tasks.statuses

STATUSES = [
    "on_approval",
    "approval_rejected",
    "identification_requested",
    "identification_pending",
    "authority_review",
    "identified",
    "identification_failed",
    "cabinet_requested",
    "cabinet_failed",
    "cabinet_created",
    "document_sent",
    "document_signing",
    "signing_failed",
    "document_signed",
    "archive_failed",
    "completed",
    "cancelled",
]
IN_WORK = models.Q(("completed_at__isnull", True))
FINISHED = models.Q(("completed_at__isnull", False))
HAS_QUICK_FILTER = models.Q(("quick_filter_mask__gt", 0))


class Migration(migrations.Migration):
    dependencies = [("tasks", "0009_rename_archive_jobs")]

    operations = [
        migrations.RemoveIndex("signingtask", "task_work_course"),
        migrations.RemoveIndex("signingtask", "task_done_course"),
        migrations.RemoveIndex("signingtask", "task_chips_manager"),
        migrations.RemoveIndex("signingtask", "task_chips"),
        migrations.RenameField("signingtask", "course", "workflow_rank"),
        migrations.RenameField("signingtask", "chips", "quick_filter_mask"),
        migrations.AddIndex(
            "signingtask",
            models.Index(
                fields=["workflow_rank", "number"],
                name="task_work_workflow_rank",
                condition=IN_WORK,
            ),
        ),
        migrations.AddIndex(
            "signingtask",
            models.Index(
                fields=["workflow_rank", "number"],
                name="task_done_workflow_rank",
                condition=FINISHED,
            ),
        ),
        migrations.AddIndex(
            "signingtask",
            models.Index(
                fields=["manager", "quick_filter_mask"],
                name="task_quick_filter_manager",
                condition=HAS_QUICK_FILTER,
            ),
        ),
        migrations.AddIndex(
            "signingtask",
            models.Index(
                fields=["quick_filter_mask"],
                name="task_quick_filter",
                condition=HAS_QUICK_FILTER,
            ),
        ),
        migrations.AlterField(
            "signingtask",
            "workflow_rank",
            models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    *(
                        models.When(status=status, then=models.Value(rank))
                        for rank, status in enumerate(STATUSES)
                    ),
                    default=models.Value(len(STATUSES)),
                ),
                help_text="The position of the status in the workflow: what «Статус» sorts by.",
                output_field=models.PositiveSmallIntegerField(),
            ),
        ),
        migrations.RemoveField("signingtask", "revision"),
        migrations.AlterField(
            "signingtask",
            "status",
            django_fsm.FSMField(
                choices=tasks.statuses.status_choices,
                default="",
                editable=False,
                max_length=50,
                protected=True,
                verbose_name="Статус",
            ),
        ),
        migrations.AlterField(
            "signingtask",
            "resolution",
            models.CharField(
                blank=True,
                choices=tasks.statuses.resolution_choices,
                max_length=40,
                verbose_name="Резолюция",
            ),
        ),
        migrations.AlterField(
            "historyentry",
            "old_status",
            models.CharField(
                blank=True,
                choices=tasks.statuses.status_choices,
                max_length=40,
                verbose_name="Было",
            ),
        ),
        migrations.AlterField(
            "historyentry",
            "new_status",
            models.CharField(
                blank=True,
                choices=tasks.statuses.status_choices,
                max_length=40,
                verbose_name="Стало",
            ),
        ),
        migrations.AlterField(
            "historyentry",
            "resolution",
            models.CharField(
                blank=True,
                choices=tasks.statuses.resolution_choices,
                max_length=40,
                verbose_name="Резолюция",
            ),
        ),
    ]
