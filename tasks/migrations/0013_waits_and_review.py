"""Three statuses more: the generated columns list all statuses, so they are made anew.

PostgreSQL rewrites the table for each; 200,000 tasks take a few seconds.
"""

import django.db.models.expressions
from django.db import migrations, models

QUICK_FILTER_MASK = models.GeneratedField(
    db_persist=True,
    expression=django.db.models.expressions.CombinedExpression(
        django.db.models.expressions.CombinedExpression(
            django.db.models.expressions.CombinedExpression(
                models.Case(
                    models.When(
                        models.Q(
                            (
                                "status__in",
                                [
                                    "identification_requested",
                                    "identification_pending",
                                    "authority_review",
                                    "identified",
                                    "identification_failed",
                                    "cabinet_requested",
                                    "cabinet_failed",
                                    "cabinet_created",
                                ],
                            ),
                            models.Q(
                                ("status__in", ["cabinet_failed", "identification_failed"]),
                                (
                                    "resolution__in",
                                    [
                                        "authority_pending",
                                        "cabinet_bad_data",
                                        "cabinet_exists",
                                        "change_services",
                                        "data_mismatch",
                                        "data_refused",
                                        "service_unavailable",
                                    ],
                                ),
                                _connector="OR",
                            ),
                        ),
                        then=models.Value(1),
                    ),
                    default=models.Value(0),
                ),
                "+",
                models.Case(
                    models.When(
                        models.Q(
                            (
                                "status__in",
                                [
                                    "identification_requested",
                                    "identification_pending",
                                    "authority_review",
                                    "identified",
                                    "identification_failed",
                                    "document_sent",
                                    "consent_pending",
                                    "confirmation_pending",
                                    "document_signing",
                                    "signature_review",
                                    "signing_failed",
                                    "document_signed",
                                ],
                            ),
                            models.Q(
                                ("status__in", ["identified", "signing_failed"]),
                                (
                                    "resolution__in",
                                    [
                                        "authority_pending",
                                        "change_services",
                                        "client_refused",
                                        "data_refused",
                                        "no_answer",
                                    ],
                                ),
                                _connector="OR",
                            ),
                        ),
                        then=models.Value(2),
                    ),
                    default=models.Value(0),
                ),
            ),
            "+",
            models.Case(
                models.When(
                    models.Q(
                        (
                            "status__in",
                            [
                                "identification_requested",
                                "identification_pending",
                                "authority_review",
                                "identified",
                                "identification_failed",
                                "document_sent",
                                "consent_pending",
                                "confirmation_pending",
                                "document_signing",
                                "signature_review",
                                "signing_failed",
                                "document_signed",
                            ],
                        ),
                        models.Q(
                            ("status__in", ["authority_review", "signing_failed"]),
                            (
                                "resolution__in",
                                [
                                    "account_unverified",
                                    "blacklisted",
                                    "certificate_invalid",
                                    "client_refused",
                                    "data_mismatch",
                                    "power_of_attorney_invalid",
                                    "send_failed",
                                    "withdrawn",
                                ],
                            ),
                            _connector="OR",
                        ),
                    ),
                    then=models.Value(4),
                ),
                default=models.Value(0),
            ),
        ),
        "+",
        models.Case(
            models.When(
                models.Q(("status__in", ["on_approval", "approval_rejected"])), then=models.Value(8)
            ),
            default=models.Value(0),
        ),
    ),
    help_text="The quick filters that the task is under, a bit for each.",
    output_field=models.PositiveSmallIntegerField(),
)
WORKFLOW_RANK = models.GeneratedField(
    db_persist=True,
    expression=models.Case(
        models.When(status="on_approval", then=models.Value(0)),
        models.When(status="approval_rejected", then=models.Value(1)),
        models.When(status="identification_requested", then=models.Value(2)),
        models.When(status="identification_pending", then=models.Value(3)),
        models.When(status="authority_review", then=models.Value(4)),
        models.When(status="identified", then=models.Value(5)),
        models.When(status="identification_failed", then=models.Value(6)),
        models.When(status="cabinet_requested", then=models.Value(7)),
        models.When(status="cabinet_failed", then=models.Value(8)),
        models.When(status="cabinet_created", then=models.Value(9)),
        models.When(status="document_sent", then=models.Value(10)),
        models.When(status="consent_pending", then=models.Value(11)),
        models.When(status="confirmation_pending", then=models.Value(12)),
        models.When(status="document_signing", then=models.Value(13)),
        models.When(status="signature_review", then=models.Value(14)),
        models.When(status="signing_failed", then=models.Value(15)),
        models.When(status="document_signed", then=models.Value(16)),
        models.When(status="archive_failed", then=models.Value(17)),
        models.When(status="completed", then=models.Value(18)),
        models.When(status="cancelled", then=models.Value(19)),
        default=models.Value(20),
    ),
    help_text="The position of the status in the workflow: what «Статус» sorts by.",
    output_field=models.PositiveSmallIntegerField(),
)
INDEXES = [
    models.Index(
        fields=["workflow_rank", "number"],
        name="task_work_workflow_rank",
        condition=models.Q(completed_at__isnull=True),
    ),
    models.Index(
        fields=["workflow_rank", "number"],
        name="task_done_workflow_rank",
        condition=models.Q(completed_at__isnull=False),
    ),
    models.Index(
        fields=["manager", "quick_filter_mask"],
        name="task_quick_filter_manager",
        condition=models.Q(quick_filter_mask__gt=0),
    ),
    models.Index(
        fields=["quick_filter_mask"],
        name="task_quick_filter",
        condition=models.Q(quick_filter_mask__gt=0),
    ),
]


class Migration(migrations.Migration):
    dependencies = [("tasks", "0012_restore_sent_documents")]

    operations = [
        *(migrations.RemoveIndex("signingtask", index.name) for index in INDEXES),
        migrations.RemoveField("signingtask", "workflow_rank"),
        migrations.RemoveField("signingtask", "quick_filter_mask"),
        migrations.AddField("signingtask", "workflow_rank", WORKFLOW_RANK),
        migrations.AddField("signingtask", "quick_filter_mask", QUICK_FILTER_MASK),
        *(migrations.AddIndex("signingtask", index) for index in INDEXES),
    ]
