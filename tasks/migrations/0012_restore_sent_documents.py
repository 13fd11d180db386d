"""Gives tasks back the document that their client can sign, or has signed.

A request to remove a sent document used to clear the task's document at once. When the client
signed before the operator had revoked it, the package could not be built any more.
"""

from django.db import migrations

LIVE_OR_SIGNED = ["sending", "sent", "delivered", "signed"]


def restore_documents(apps, schema_editor):
    tasks = apps.get_model("tasks", "SigningTask").objects
    versions = apps.get_model("archive", "DocumentVersion").objects
    open_tasks = tasks.filter(
        completed_at=None, document__isnull=False, exchange__state__in=LIVE_OR_SIGNED
    )
    rows = open_tasks.values_list(
        "pk", "document_id", "document_version_id", "exchange__document_sha256", "withdrawal"
    )
    for pk, document_id, version_id, sha256, withdrawal in list(rows):
        sent = versions.filter(document_id=document_id, pdf__sha256=sha256)
        sent = sent.order_by("-number").first()
        current = versions.filter(pk=version_id).values_list("pdf__sha256", flat=True).first()
        if sent is None or current == sha256:
            continue
        if withdrawal and withdrawal["then"] == "signing_failed" and version_id is None:
            withdrawal["removes_document"] = bool(withdrawal["actor"])
        tasks.filter(pk=pk).update(document_version_id=sent.pk, withdrawal=withdrawal)


class Migration(migrations.Migration):
    dependencies = [
        ("tasks", "0011_move_lists"),
        ("archive", "0005_review"),
        ("edo", "0002_labels"),
    ]

    operations = [migrations.RunPython(restore_documents, migrations.RunPython.noop)]
