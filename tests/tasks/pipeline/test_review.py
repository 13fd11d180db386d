"""A document whose conversion has findings is not sent before somebody has confirmed it."""

import pytest

from accounts.models import User
from archive.conversion.results import ConversionResult
from archive.models import DocumentVersion
from tasks.actions.document import attach_document, confirm_review, remove_document
from tasks.models import SigningTask
from tasks.statuses import Resolution, Status
from tests.support import world
from tests.support.driver import (
    operator_actions,
    reload,
    run_until,
    run_until_archived,
    state_of,
)
from tests.support.sandbox import Sandbox


@pytest.fixture(autouse=True)
def lossy_conversion(monkeypatch: pytest.MonkeyPatch) -> None:
    """A converter that loses a word of every file."""

    def convert(*args: object, **kwargs: object) -> ConversionResult:
        result = original(*args, **kwargs)  # type: ignore[arg-type]
        return ConversionResult(result.converter, result.pages, 0.9, ("неустойка",))

    from archive import job_kinds

    original = job_kinds.convert_to_pdf
    monkeypatch.setattr(job_kinds, "convert_to_pdf", convert)


def replace_document(task: SigningTask, manager: User) -> None:
    remove_document(task=task, actor=manager)
    upload = world.SimpleUploadedFile("Новый.docx", world.word_file("2.1. Новая цена."))
    attach_document(task=reload(task), uploads=[upload], actor=manager)
    run_until_archived(task)


def version_of(task: SigningTask) -> DocumentVersion:
    version = reload(task).document_version
    assert version is not None
    return version


def test_a_document_with_findings_is_not_sent_before_its_review(
    manager: User, set_up: Sandbox
) -> None:
    task = run_until(world.create_task(manager), Status.IDENTIFICATION_PENDING, set_up)
    replace_document(task, manager)
    run_until(task, Status.SIGNING_FAILED, set_up)
    assert state_of(task)[1] == Resolution.REVIEW_NEEDED
    assert operator_actions(set_up) == []

    confirm_review(task=task, version_id=version_of(task).pk, actor=manager)
    run_until(task, Status.COMPLETED, set_up)
    assert operator_actions(set_up) == ["sent", "delivered", "signed"]
    names = list(task.history.order_by("pk").values_list("name", flat=True))
    assert names.index("document_reviewed") < names.index("send_document")


def test_a_review_in_time_does_not_stop_the_task(manager: User, set_up: Sandbox) -> None:
    task = run_until(world.create_task(manager), Status.IDENTIFICATION_PENDING, set_up)
    replace_document(task, manager)
    confirm_review(task=task, version_id=version_of(task).pk, actor=manager)
    assert run_until(task, Status.COMPLETED, set_up).resolution == ""
