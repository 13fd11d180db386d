"""What the outbox jobs of a transition carry."""

from typing import Any

import pytest

from econtract.platform.outbox.models import OutboxJob
from tasks.lifecycle import guards
from tasks.lifecycle.perform import perform
from tasks.models import SigningTask
from tasks.statuses import Status
from tasks.transitions import NEW, Actor
from tests.support.factories import SigningTaskFactory

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize(
    ("status", "name", "actor", "arguments", "template"),
    [
        (
            Status.IDENTIFICATION_REQUESTED,
            "identification_started",
            Actor.SYSTEM,
            {"ref": "r-1", "link": "https://id.example/"},
            {"template": "identification_link"},
        ),
        (
            Status.AUTHORITY_REVIEW,
            "decline_authority",
            Actor.MANAGER,
            {"comment": "Нужен приказ"},
            {"template": "authority_declined", "comment": "Нужен приказ"},
        ),
        (
            Status.DOCUMENT_SENT,
            "document_delivered",
            Actor.SYSTEM,
            {},
            {"template": "document_delivered"},
        ),
        (
            Status.DOCUMENT_SENT,
            "consent_requested",
            Actor.SYSTEM,
            {},
            {"template": "consent_requested"},
        ),
    ],
)
def test_the_client_gets_an_sms_and_an_email_with_the_text_of_the_transition(
    status: Status, name: str, actor: Actor, arguments: dict[str, Any], template: dict[str, str]
) -> None:
    task = create_task(status)
    perform(task.number, name, actor=actor, **arguments)
    assert payloads_of(task, "send_message") == [
        {"channel": "sms", **template},
        {"channel": "email", **template},
    ]


@pytest.mark.parametrize(
    ("status", "name", "arguments", "payload"),
    [
        (Status.AUTHORITY_REVIEW, "confirm_authority", {}, {"answer": "accept", "ref": "r-1"}),
        (
            Status.AUTHORITY_REVIEW,
            "decline_authority",
            {"comment": "Нужен приказ"},
            {"answer": "decline", "ref": "r-1", "comment": "Нужен приказ"},
        ),
        (
            Status.IDENTIFICATION_PENDING,
            "restart_identification",
            {},
            {"answer": "cancel", "ref": "r-1"},
        ),
        (
            Status.IDENTIFICATION_PENDING,
            "cancel",
            {"reason": "ошибка"},
            {"answer": "cancel", "ref": "r-1"},
        ),
    ],
)
def test_the_identification_service_gets_our_answer_to_its_request(
    status: Status, name: str, arguments: dict[str, str], payload: dict[str, str]
) -> None:
    task = create_task(status, identification_ref="r-1")
    perform(task.number, name, actor=Actor.MANAGER, **arguments)
    assert payloads_of(task, "answer_identity") == [payload]


def test_the_archive_gets_the_current_version_of_the_document() -> None:
    task = create_task(NEW)
    perform(task.number, "submit", actor=Actor.MANAGER)
    assert payloads_of(task, "submit_document_to_archive") == [
        {"version": task.document_version_id}
    ]
