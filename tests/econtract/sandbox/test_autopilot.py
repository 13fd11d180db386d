"""The autopilot answers for clients, each by its habit."""

from typing import Any

import pytest

from tests.support.sandbox import (
    AUTHORITY_PENDING,
    BLACKLISTED,
    BROKEN_SIGNATURE,
    CHANGE_SERVICES,
    DATA_MISMATCH,
    DATA_REFUSED,
    DOCUMENTS,
    FOREIGN_SIGNATURE,
    NO_CONSENT,
    NO_SIGNATURE,
    PASSES_WITH_CHANGES,
    REJECTS,
    ROMASHKA,
    Sandbox,
)
from tests.support.sandbox_calls import (
    get_identification,
    request_identification,
)
from tests.support.sandbox_edo import (
    get_document_info,
    send_contract,
    skip_events,
)


@pytest.mark.parametrize(
    ("inn", "expected"),
    [
        (ROMASHKA, ("passed", None)),
        ("7812345678", ("passed", None)),
        (DATA_REFUSED, ("failed", "data_refused")),
        (DATA_MISMATCH, ("failed", "data_mismatch")),
        (BLACKLISTED, ("failed", "blacklisted")),
        (AUTHORITY_PENDING, ("failed", "authority_pending")),
        (CHANGE_SERVICES, ("failed", "change_services")),
        (PASSES_WITH_CHANGES, ("passed", "change_services")),
        (DOCUMENTS, ("documents", None)),
        (NO_CONSENT, ("pending", None)),
    ],
)
def test_each_organisation_answers_identification_by_its_habit(
    sandbox: Sandbox, inn: str, expected: tuple[str, Any]
) -> None:
    sandbox.autopilot(on=True)
    ref = request_identification(sandbox, inn)["ref"]
    request = get_identification(sandbox, ref)
    assert (request["state"], request["resolution"]) == expected
    assert bool(request["documents"]) == (inn == DOCUMENTS)


@pytest.mark.parametrize(
    ("inn", "expected"),
    [
        (ROMASHKA, "WithRecipientSignature"),
        (REJECTS, "RecipientSignatureRequestRejected"),
        (NO_SIGNATURE, "WaitingForRecipientSignature"),
        (BROKEN_SIGNATURE, "WaitingForRecipientSignature"),
        (FOREIGN_SIGNATURE, "WithRecipientSignature"),
    ],
)
def test_each_organisation_answers_a_document_by_its_habit(
    sandbox: Sandbox, inn: str, expected: str
) -> None:
    sandbox.autopilot(on=True)
    message = send_contract(sandbox, inn)
    skip_events(sandbox)
    assert get_document_info(sandbox, message)["RecipientResponseStatus"] == expected


def test_the_autopilot_waits_for_its_delay(sandbox: Sandbox) -> None:
    sandbox.autopilot(on=True, delay=600)
    ref = request_identification(sandbox)["ref"]
    assert get_identification(sandbox, ref)["state"] == "pending"
    sandbox.clock(advance_seconds=601)
    assert get_identification(sandbox, ref)["state"] == "passed"


def test_switching_it_on_answers_pending_requests(sandbox: Sandbox) -> None:
    ref = request_identification(sandbox)["ref"]
    assert get_identification(sandbox, ref)["state"] == "pending"
    sandbox.autopilot(on=True)
    assert get_identification(sandbox, ref)["state"] == "passed"
    assert [entry["actor"] for entry in sandbox.journal("identity")] == ["api", "autopilot"]


def test_silent_requests_and_documents_are_not_answered(sandbox: Sandbox) -> None:
    ref, message = request_identification(sandbox)["ref"], send_contract(sandbox)
    skip_events(sandbox)
    sandbox.identity_answer(ref, "silent")
    sandbox.edo_ignore(message["MessageId"])
    sandbox.autopilot(on=True)
    assert get_identification(sandbox, ref)["state"] == "pending"
    assert (
        get_document_info(sandbox, message)["RecipientResponseStatus"]
        == "WaitingForRecipientSignature"
    )


def test_many_pending_requests_are_answered_in_batches(sandbox: Sandbox) -> None:
    for number in range(60):
        request_identification(sandbox, reference=str(number))
    sandbox.autopilot(on=True)
    waiting = [sandbox.state()["waiting"]["identity"] for _ in range(3)]
    assert waiting == [35, 10, 0]
