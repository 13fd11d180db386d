"""A worker that stalls for longer than its lease and then goes on changes nothing.

The worker stalls between any two statements or outside calls of a job that are not in one
transaction. Meanwhile its lease expires, another worker repeats the job, and the task goes on.
Stalls inside of a transaction need no test: the other worker waits for its locks, and its changes
appear at commit.

`test_crashes` kills the workers instead.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from econtract.platform.common.http import OutsideHttp
from econtract.platform.outbox import worker
from econtract.platform.outbox.models import OutboxJob
from edo.models import Exchange
from tasks.actions.document import attach_document, remove_document
from tasks.lifecycle.perform import perform
from tasks.models import HistoryEntry, SigningTask
from tasks.statuses import Status
from tests.support import world
from tests.support.documents import office
from tests.support.driver import message_id_of, reload, run_everything
from tests.support.plugins.sampling import Sample
from tests.support.sandbox import Sandbox

STEPS = [
    "start_identification",
    "follow_identification",
    "create_cabinet",
    "prepare_sending",
    "send_document",
    "follow_exchange",
    "submit_document_to_archive",
    "collect_evidence",
    "submit_package_to_archive",
    "send_message",
]
SAMPLE_SIZE = 2


class Stopper:
    """Stalls the first worker that runs a job of ``kind``, at its point number ``stop_at``.

    ``meanwhile`` is called while the worker stalls. With ``stop_at`` None no worker stalls, and
    the points are only recorded in `points`.
    """

    def __init__(
        self, kind: str, stop_at: int | None, meanwhile: Callable[[], None] = lambda: None
    ) -> None:
        self.kind = kind
        self.stop_at = stop_at
        self.meanwhile = meanwhile
        self.points: list[str] = []
        self.has_stopped = False
        self._is_running = False
        self._is_over = False

    def run_job(self, job_id: int) -> None:
        """`worker.run_job` with the stop."""
        kind = OutboxJob.objects.values_list("kind", flat=True).get(pk=job_id)
        if kind != self.kind or self._is_running or self._is_over:
            RUN_JOB(job_id)
            return
        self._job_id, self._depth = job_id, len(connection.savepoint_ids)
        self._is_running = True
        try:
            RUN_JOB(job_id)
        finally:
            self._is_running, self._is_over = False, True

    def pass_point(self, name: str) -> None:
        is_between = len(connection.savepoint_ids) == self._depth
        if not self._is_running or not is_between or self._is_over:
            return
        self.points.append(name)
        if len(self.points) - 1 == self.stop_at:
            self.has_stopped = self._is_over = True
            OutboxJob.objects.filter(pk=self._job_id).update(lease_until=None)
            self.meanwhile()

    def wrap_statement(self, execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        if self._is_running:
            self.pass_point(f"before {sql[:60]}")
        return execute(sql, *args)


RUN_JOB = worker.run_job
phone_numbers = count(1)


@contextmanager
def stalling_worker(stopper: Stopper, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    original = OutsideHttp.request

    def request(self: OutsideHttp, method: str, path: str, **kwargs: Any) -> Any:
        if stopper._is_running:
            stopper.pass_point(f"before {self.system} {path}")
        response = original(self, method, path, **kwargs)
        if stopper._is_running:
            stopper.pass_point(f"after {self.system} {path}")
        return response

    with monkeypatch.context() as patch, connection.execute_wrapper(stopper.wrap_statement):
        patch.setattr(OutsideHttp, "request", request)
        patch.setattr(worker, "run_job", stopper.run_job)
        yield


def create_task(manager: User) -> SigningTask:
    """A task whose contact has not been identified yet."""
    return world.create_task(manager, phone=f"+7912{next(phone_numbers):07}")


def run_to_end(task: SigningTask, sandbox: Sandbox) -> SigningTask:
    """Runs the task to its end; the client passes identification and signs."""
    run_everything()
    if reload(task).status == Status.IDENTIFICATION_PENDING:
        sandbox.identity_answer(reload(task).identification_ref, "passed")
        run_everything()
    if reload(task).status == Status.DOCUMENT_SIGNING:
        sandbox.edo_sign(message_id_of(task))
        run_everything()
    return reload(task)


def record_points(
    kind: str, manager: User, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """The points where a worker can stall in a job of ``kind``, once caches are filled."""
    assert run_to_end(create_task(manager), sandbox).status == Status.COMPLETED
    recorder = Stopper(kind, None)
    with stalling_worker(recorder, monkeypatch):
        assert run_to_end(create_task(manager), sandbox).status == Status.COMPLETED
    assert recorder.points
    return recorder.points


@pytest.mark.sampled(4)
@pytest.mark.parametrize("kind", STEPS)
def test_a_worker_that_stalls_past_its_lease_changes_nothing(
    manager: User, set_up: Sandbox, monkeypatch: pytest.MonkeyPatch, sample: Sample, kind: str
) -> None:
    points = record_points(kind, manager, set_up, monkeypatch)
    for stop_at in sample(range(len(points)), SAMPLE_SIZE):
        task, point = create_task(manager), points[stop_at]
        stopper = Stopper(kind, stop_at, run_everything)
        with stalling_worker(stopper, monkeypatch):
            task = run_to_end(task, set_up)
        assert stopper.has_stopped, point
        assert task.status == Status.COMPLETED, point
        transitions = task.history.filter(kind=HistoryEntry.Kind.TRANSITION).order_by("pk")
        assert list(transitions.values_list("name", flat=True)) == world.SEAMLESS_TRANSITIONS, point
        assert Exchange.objects.filter(document_number=task.document_number).count() >= 1
        assert task.past_exchanges.count() == 0, point


def test_a_worker_that_sends_too_late_does_not_restore_a_replaced_document(
    manager: User, set_up: Sandbox, monkeypatch: pytest.MonkeyPatch, sample: Sample
) -> None:
    """The document is revoked, and another one is with the client, when the worker goes on."""
    points = record_points("send_document", manager, set_up, monkeypatch)
    for stop_at in sample(range(len(points)), SAMPLE_SIZE):
        task, point = create_task(manager), points[stop_at]

        def replace(task: SigningTask = task) -> None:
            run_everything()
            remove_document(task=reload(task), actor=manager)
            run_everything()
            upload = world.SimpleUploadedFile("Новый.pdf", office.pdf_bytes(2))
            attach_document(task=reload(task), uploads=[upload], actor=manager)
            run_everything()
            perform(task.number, "send_document", actor=manager)
            run_everything()

        stopper = Stopper("send_document", stop_at, replace)
        with stalling_worker(stopper, monkeypatch):
            task = run_to_end(task, set_up)
        assert stopper.has_stopped, point
        assert task.status == Status.COMPLETED, point
        assert task.exchange is not None
        assert task.document_version is not None
        assert task.document_version.pdf is not None
        assert task.exchange.document_sha256 == task.document_version.pdf.sha256, point
        assert task.document_version.file_name == "Новый.pdf"
        live = [exchange for exchange in Exchange.objects.all() if exchange.is_live]
        assert live == [], point
