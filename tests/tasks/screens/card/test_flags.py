"""The flags that say what a card has to query (`tasks.screens.card.flags`)."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta

import pytest

from accounts.models import User
from econtract.platform.common import clock
from econtract.platform.common.errors import Unavailable
from econtract.platform.notifications.models import Notification
from econtract.platform.outbox.failures import error_columns
from econtract.platform.outbox.models import OutboxJob
from tasks.lifecycle.effects import SUBMIT_DOCUMENT
from tasks.models import AuthorityDocument, Comment, SigningTask, Viewing
from tasks.notifications import kinds
from tasks.notifications.subject import TASK
from tasks.screens.card.flags import CardFlags, card_flag_annotations
from tasks.statuses import Status
from tests.support.factories import SigningTaskFactory, StoredFileFactory, UserFactory

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def task() -> SigningTask:
    task: SigningTask = SigningTaskFactory()
    return task


def flags_of(task: SigningTask) -> set[str]:
    """The names of the flags that are set for the task's manager."""
    since = clock.now() - MINUTE
    annotations = card_flag_annotations(task.manager.pk, since, since)  # type: ignore[arg-type]
    annotated = SigningTask.objects.annotate(**annotations).get(pk=task.pk)
    return {name for name, is_set in asdict(CardFlags.of(annotated)).items() if is_set}


def add_comment(task: SigningTask) -> None:
    Comment.objects.create(task=task, author=task.manager, text="Перезвонил")


def add_authority_document(task: SigningTask) -> None:
    AuthorityDocument.objects.create(
        task=task, file=StoredFileFactory(), file_name="Приказ.pdf", request_ref="r-1"
    )


def add_job(task: SigningTask, state: str, error: Exception | None = None) -> None:
    OutboxJob.objects.create(
        kind="create_cabinet",
        subject=task.number,
        queue_key=task.queue_key,
        state=state,
        closed_at=None if state == OutboxJob.State.OPEN else clock.now(),
        **(error_columns(error) if error else {}),
    )


def add_parked_job(task: SigningTask) -> None:
    add_job(task, OutboxJob.State.PARKED)


def park_submission(task: SigningTask) -> None:
    add_parked_job(task)
    OutboxJob.objects.update(kind=SUBMIT_DOCUMENT)


def add_same_document(task: SigningTask) -> None:
    SigningTaskFactory(client=task.client, document_number=task.document_number)


def add_finished_document(task: SigningTask) -> None:
    SigningTaskFactory(
        client=task.client,
        document_number=task.document_number,
        status=Status.CANCELLED,
        completed_at=clock.now(),
    )


def add_failing_job(task: SigningTask) -> None:
    add_job(task, OutboxJob.State.OPEN, Unavailable("cabinet", "answered 503"))


def add_healthy_jobs(task: SigningTask) -> None:
    add_job(task, OutboxJob.State.OPEN)
    add_job(task, OutboxJob.State.DONE, Unavailable("cabinet", "answered 503"))


def view(task: SigningTask, user: User, *, ago: timedelta = timedelta()) -> None:
    Viewing.objects.create(task=task, user=user, seen_at=clock.now() - ago)


def view_as_colleague(task: SigningTask) -> None:
    view(task, UserFactory())


def view_as_manager(task: SigningTask) -> None:
    view(task, task.manager)


def view_long_ago(task: SigningTask) -> None:
    view(task, UserFactory(), ago=2 * MINUTE)
    view(task, task.manager, ago=2 * MINUTE)


def notify(recipient: User, subject_id: int, *, is_read: bool = False) -> None:
    Notification.objects.create(
        recipient=recipient,
        kind=kinds.SIGNED.code,
        text="Клиент подписал документ",
        source=f"test:{subject_id}",
        subject_type=TASK,
        subject_id=subject_id,
        in_bell=True,
        read_at=clock.now() if is_read else None,
    )


def notify_manager(task: SigningTask) -> None:
    notify(task.manager, task.number)


def notify_of_another_task(task: SigningTask) -> None:
    notify(task.manager, SigningTaskFactory(manager=task.manager).number)


def notify_a_colleague(task: SigningTask) -> None:
    notify(UserFactory(), task.number)


def notify_and_read(task: SigningTask) -> None:
    notify(task.manager, task.number, is_read=True)


@pytest.mark.parametrize(
    ("prepare", "expected"),
    [
        (lambda task: None, set()),
        (add_comment, {"comments"}),
        (add_authority_document, {"authority_files"}),
        (add_parked_job, {"troubles"}),
        (park_submission, {"troubles", "parked_submission"}),
        (add_same_document, {"same_documents"}),
        (add_finished_document, set()),
        (add_failing_job, {"troubles"}),
        (add_healthy_jobs, set()),
        (view_as_colleague, {"viewers"}),
        (view_as_manager, {"own_viewing"}),
        (view_long_ago, set()),
        (notify_manager, {"unread", "bell"}),
        (notify_of_another_task, {"bell"}),
        (notify_a_colleague, set()),
        (notify_and_read, set()),
    ],
)
def test_each_flag_is_set_only_by_its_own_rows(
    task: SigningTask, prepare: Callable[[SigningTask], None], expected: set[str]
) -> None:
    prepare(task)
    assert flags_of(task) == expected
    assert flags_of(SigningTaskFactory()) == set()
