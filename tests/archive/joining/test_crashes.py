"""A worker that is killed while it converts or joins the files of a document."""

import pytest

from archive import document_jobs
from archive.joining.composition import join_versions
from archive.models import DocumentVersion
from econtract.platform.outbox.models import OutboxJob
from econtract.platform.outbox.worker import run_job
from tests.archive.conftest import FakeConversion
from tests.support.documents import office
from tests.support.documents.uploads import reload, upload_bytes
from tests.support.factories import UserFactory
from tests.tasks.pipeline.crashes import run_through_crashes


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [document_jobs.CONVERT, document_jobs.JOIN])
def test_a_crash_at_any_statement_makes_one_version(
    kind: str, conversion: FakeConversion, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = UserFactory()
    files = {"Договор.pdf": office.pdf_bytes(), "Приложение.docx": office.docx_bytes("2")}
    parts = [upload_bytes(data, name, user=user) for name, data in files.items()]
    joined = join_versions(parts, user=user)
    points = 0
    while job := OutboxJob.objects.claimable().order_by("pk").first():
        if job.kind == kind:
            points = len(run_through_crashes(kind, lambda pk=job.pk: run_job(pk), monkeypatch))
        else:
            run_job(job.pk)
    assert points > 10
    assert reload(joined).is_ready
    assert DocumentVersion.objects.count() == 3
    assert OutboxJob.objects.filter(kind=document_jobs.JOIN).count() == 1
