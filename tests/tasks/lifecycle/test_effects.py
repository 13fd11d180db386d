"""The outbox jobs of each transition: kinds, queue keys and payloads."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from econtract.platform.common import clock
from econtract.platform.outbox.models import OutboxJob
from tasks.lifecycle import effects, guards
from tasks.lifecycle.perform import perform
from tasks.models import SigningTask
from tasks.statuses import Resolution, Status
from tasks.transitions import NEW, Actor
from tests.support.factories import PackageFactory, SigningTaskFactory

pytestmark = pytest.mark.django_db

# A job's kind, and its queue key after that of the task.
Job = tuple[str, str]
ANSWER: Job = ("answer_identity", ":identity")
DOCUMENT: Job = ("submit_document_to_archive", ":document")
MESSAGES: set[Job] = {("send_message", ":sms"), ("send_message", ":email")}
WAIT: set[Job] = {("remind", ":remind:1"), ("remind", ":remind:3"), ("expire", ":expire")}


@dataclass(frozen=True)
class TransitionCase:
    """A transition of a task in ``status`` with the values ``task``, and the jobs it enqueues."""

    status: str
    name: str
    actor: Actor
    jobs: set[Job] = field(default_factory=set)
    arguments: dict[str, Any] = field(default_factory=dict)
    task: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.name} from {self.status or 'new'} {self.task or ''}"


NOW = clock.now()
REQUEST = {"identification_ref": "r-1"}
CASES = [
    TransitionCase(NEW, "submit", Actor.MANAGER, {("start_identification", ""), DOCUMENT}),
    TransitionCase(NEW, "submit", Actor.MANAGER, {DOCUMENT}, task={"approval_needed": True}),
    TransitionCase(
        NEW, "submit", Actor.MANAGER, {("create_cabinet", ""), DOCUMENT}, {"identified_at": NOW}
    ),
    TransitionCase(
        NEW,
        "submit",
        Actor.MANAGER,
        {("start_identification", "")},
        task={"document_version": None},
    ),
    TransitionCase(Status.ON_APPROVAL, "approve", Actor.APPROVER, {("start_identification", "")}),
    TransitionCase(
        Status.ON_APPROVAL, "reject_approval", Actor.APPROVER, arguments={"comment": "нет"}
    ),
    TransitionCase(Status.APPROVAL_REJECTED, "resubmit", Actor.MANAGER),
    TransitionCase(
        Status.IDENTIFICATION_REQUESTED,
        "identification_started",
        Actor.SYSTEM,
        MESSAGES | WAIT,
        {"ref": "r-1", "link": "https://id.example/"},
    ),
    TransitionCase(
        Status.IDENTIFICATION_PENDING,
        "authority_documents_received",
        Actor.CLIENT,
        arguments={"files": ["Приказ.pdf"]},
    ),
    TransitionCase(Status.AUTHORITY_REVIEW, "confirm_authority", Actor.MANAGER, {ANSWER}),
    TransitionCase(
        Status.AUTHORITY_REVIEW,
        "decline_authority",
        Actor.MANAGER,
        {ANSWER} | MESSAGES | WAIT,
        {"comment": "Нужен приказ"},
    ),
    TransitionCase(
        Status.IDENTIFICATION_PENDING,
        "identification_passed",
        Actor.CLIENT,
        arguments={"identified_at": NOW},
    ),
    TransitionCase(
        Status.IDENTIFICATION_PENDING,
        "identification_passed",
        Actor.CLIENT,
        {("create_cabinet", "")},
        {"identified_at": NOW},
        {"seamless": True},
    ),
    TransitionCase(
        Status.IDENTIFICATION_PENDING,
        "identification_failed",
        Actor.SYSTEM,
        {ANSWER},
        {"resolution": Resolution.NO_ANSWER},
        REQUEST,
    ),
    TransitionCase(
        Status.IDENTIFICATION_REQUESTED,
        "identification_failed",
        Actor.SYSTEM,
        arguments={"resolution": Resolution.SERVICE_UNAVAILABLE},
    ),
    TransitionCase(
        Status.IDENTIFICATION_PENDING,
        "restart_identification",
        Actor.MANAGER,
        {("start_identification", ""), ANSWER},
        task=REQUEST,
    ),
    TransitionCase(
        Status.APPROVAL_REJECTED,
        "restart_identification",
        Actor.MANAGER,
        {("start_identification", "")},
    ),
    TransitionCase(Status.IDENTIFIED, "proceed", Actor.MANAGER, {("create_cabinet", "")}),
    TransitionCase(
        Status.CABINET_REQUESTED,
        "cabinet_created",
        Actor.SYSTEM,
        {("prepare_sending", "")},
        {"ref": "c-1"},
    ),
    TransitionCase(
        Status.CABINET_REQUESTED,
        "cabinet_failed",
        Actor.SYSTEM,
        arguments={"resolution": Resolution.CABINET_EXISTS},
    ),
    TransitionCase(Status.CABINET_FAILED, "retry_cabinet", Actor.MANAGER, {("create_cabinet", "")}),
    TransitionCase(Status.CABINET_CREATED, "send_document", Actor.SYSTEM, {("send_document", "")}),
    TransitionCase(Status.SIGNING_FAILED, "send_document", Actor.MANAGER, {("send_document", "")}),
    TransitionCase(Status.DOCUMENT_SENT, "document_delivered", Actor.SYSTEM, MESSAGES | WAIT),
    TransitionCase(Status.DOCUMENT_SENT, "consent_requested", Actor.SYSTEM, MESSAGES | WAIT),
    TransitionCase(Status.CONSENT_PENDING, "consent_given", Actor.CLIENT, {("send_document", "")}),
    TransitionCase(
        Status.DOCUMENT_SENT, "confirmation_requested", Actor.SYSTEM, {("await_confirmation", "")}
    ),
    TransitionCase(
        Status.CONFIRMATION_PENDING, "confirmation_given", Actor.SYSTEM, {("send_document", "")}
    ),
    TransitionCase(Status.DOCUMENT_SIGNING, "signature_unverified", Actor.CLIENT),
    TransitionCase(
        Status.SIGNATURE_REVIEW,
        "accept_signature",
        Actor.SUPPORT,
        {("collect_evidence", "")},
        {"comment": "оператор подтвердил"},
    ),
    TransitionCase(
        Status.SIGNATURE_REVIEW, "refuse_signature", Actor.SUPPORT, arguments={"comment": "нет"}
    ),
    TransitionCase(
        Status.SIGNATURE_REVIEW, "client_signed", Actor.CLIENT, {("collect_evidence", "")}
    ),
    TransitionCase(
        Status.DOCUMENT_SIGNING, "client_signed", Actor.CLIENT, {("collect_evidence", "")}
    ),
    TransitionCase(
        Status.DOCUMENT_SIGNING,
        "signing_failed",
        Actor.CLIENT,
        arguments={"resolution": Resolution.CLIENT_REFUSED},
    ),
    TransitionCase(
        Status.DOCUMENT_SIGNED,
        "archive_failed",
        Actor.SYSTEM,
        arguments={"resolution": Resolution.ARCHIVE_REJECTED},
    ),
    TransitionCase(
        Status.ARCHIVE_FAILED, "retry_archive", Actor.MANAGER, {("collect_evidence", "")}
    ),
    TransitionCase(Status.IDENTIFIED, "cancel", Actor.MANAGER, arguments={"reason": "ошибка"}),
    TransitionCase(
        Status.IDENTIFICATION_PENDING,
        "cancel",
        Actor.MANAGER,
        {ANSWER},
        {"reason": "ошибка"},
        REQUEST,
    ),
]


@pytest.fixture(autouse=True)
def _sending_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The checks before sending are in `test_preflight`."""
    monkeypatch.setitem(guards.GUARDS, "send_document", lambda task, fresh: [])


def create_task(status: str, **values: Any) -> SigningTask:
    task: SigningTask = SigningTaskFactory(status=status, **{"seamless": False, **values})
    return task


def jobs_of(task: SigningTask) -> list[OutboxJob]:
    return list(OutboxJob.objects.filter(subject=task.number).order_by("pk"))


def payloads_of(task: SigningTask, kind: str) -> list[dict[str, Any]]:
    return [job.payload for job in jobs_of(task) if job.kind == kind]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_transition_enqueues_its_jobs(case: TransitionCase) -> None:
    task = create_task(case.status, **case.task)
    perform(task.number, case.name, actor=case.actor, **case.arguments)
    jobs = [(job.kind, job.queue_key.removeprefix(task.queue_key)) for job in jobs_of(task)]
    assert sorted(jobs) == sorted(case.jobs)
    assert all(job.queue_key.startswith(task.queue_key) for job in jobs_of(task))


def test_a_completed_task_has_no_jobs() -> None:
    task = create_task(Status.DOCUMENT_SIGNED)
    perform(task.number, "archived", actor=Actor.SYSTEM, package=PackageFactory().pk)
    assert jobs_of(task) == []


def test_every_transition_is_tested() -> None:
    transitions = SigningTask().get_all_status_transitions()  # type: ignore[attr-defined]
    names = {transition.name for transition in transitions}
    assert {case.name for case in CASES} | {"archived"} == names
    assert set(effects.EFFECTS) <= names
