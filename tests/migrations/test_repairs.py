"""Migrations that mend rows which an older version has left behind."""

from importlib import import_module

import pytest
from django.apps import apps

from archive.models import DocumentVersion
from edo.models import Exchange
from tasks.models import SigningTask
from tasks.statuses import Status
from tests.support.factories import (
    DocumentVersionFactory,
    ExchangeFactory,
    SigningTaskFactory,
    fresh,
)

pytestmark = pytest.mark.django_db

restore = import_module("tasks.migrations.0012_restore_sent_documents").restore_documents
move_warnings = import_module("archive.migrations.0005_review").move_warnings


def task_with_sent_document(state: Exchange.State, **columns: object) -> SigningTask:
    """A task whose client can sign version 1 of its document, or has signed it."""
    version = DocumentVersionFactory()
    assert version.pdf is not None
    exchange = ExchangeFactory(state=state, document_sha256=version.pdf.sha256)
    task: SigningTask = SigningTaskFactory(
        document=version.document, document_version=version, exchange=exchange, **columns
    )
    return task


@pytest.mark.parametrize("state", [Exchange.State.DELIVERED, Exchange.State.SIGNED])
def test_a_document_that_was_removed_too_early_is_given_back(state: Exchange.State) -> None:
    task = task_with_sent_document(state, status=Status.ARCHIVE_FAILED)
    sent = task.document_version
    SigningTask.objects.update(document_version=None)
    restore(apps, None)
    assert fresh(task).document_version == sent


def test_a_document_that_was_attached_instead_gives_way_to_the_sent_one() -> None:
    task = task_with_sent_document(Exchange.State.SIGNED, status=Status.ARCHIVE_FAILED)
    sent = task.document_version
    other = DocumentVersionFactory(document=task.document, number=2)
    SigningTask.objects.update(document_version=other)
    restore(apps, None)
    assert fresh(task).document_version == sent


def test_a_pending_removal_removes_the_document_when_it_is_revoked() -> None:
    task = task_with_sent_document(Exchange.State.DELIVERED, status=Status.DOCUMENT_SIGNING)
    wish = {"then": "signing_failed", "facts": {}, "actor": task.manager_id, "acted_as": "manager"}
    SigningTask.objects.update(document_version=None, withdrawal=wish)
    restore(apps, None)
    assert fresh(task).withdrawal == {**wish, "removes_document": True}


def test_a_document_that_was_revoked_stays_removed() -> None:
    task = task_with_sent_document(Exchange.State.REVOKED, status=Status.SIGNING_FAILED)
    SigningTask.objects.update(document_version=None)
    restore(apps, None)
    assert fresh(task).document_version is None


def test_the_warning_of_a_conversion_becomes_a_finding() -> None:
    ready = DocumentVersionFactory(problem="Часть текста могла не попасть в PDF")
    failed = DocumentVersionFactory(state=DocumentVersion.State.FAILED, problem="Поврежден")
    move_warnings(apps, None)
    ready.refresh_from_db()
    failed.refresh_from_db()
    assert (ready.problem, ready.findings[0]["code"]) == ("", "text_missing")
    assert (failed.problem, failed.findings) == ("Поврежден", [])
