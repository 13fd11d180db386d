"""Clients who answer by themselves, by character."""

from typing import Any

import pytest

from tests.econtract.sandbox.exchange import current, last_key, send
from tests.econtract.sandbox.test_identity import ask, status
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
def test_each_character_answers_the_identification_in_its_way(
    sandbox: Sandbox, inn: str, expected: tuple[str, Any]
) -> None:
    sandbox.autopilot(on=True)
    ref = ask(sandbox, inn)["ref"]
    found = status(sandbox, ref)
    assert (found["state"], found["resolution"]) == expected
    assert bool(found["documents"]) == (inn == DOCUMENTS)


@pytest.mark.parametrize(
    ("inn", "expected"),
    [
        (ROMASHKA, "WithRecipientSignature"),
        (REJECTS, "RecipientSignatureRequestRejected"),
        (NO_SIGNATURE, "WaitingForRecipientSignature"),
        (BROKEN_SIGNATURE, "InvalidRecipientSignature"),
        (FOREIGN_SIGNATURE, "WithRecipientSignature"),
    ],
)
def test_each_character_answers_a_document_in_its_way(
    sandbox: Sandbox, inn: str, expected: str
) -> None:
    sandbox.autopilot(on=True)
    sent = send(sandbox, inn)
    last_key(sandbox)
    assert current(sandbox, sent)["RecipientResponseStatus"] == expected


def test_the_autopilot_waits_for_its_delay(sandbox: Sandbox) -> None:
    sandbox.autopilot(on=True, delay=600)
    ref = ask(sandbox)["ref"]
    assert status(sandbox, ref)["state"] == "pending"
    sandbox.clock(advance_seconds=601)
    assert status(sandbox, ref)["state"] == "passed"


def test_switched_on_it_takes_up_what_waits(sandbox: Sandbox) -> None:
    ref = ask(sandbox)["ref"]
    assert status(sandbox, ref)["state"] == "pending"
    sandbox.autopilot(on=True)
    assert status(sandbox, ref)["state"] == "passed"
    assert [entry["actor"] for entry in sandbox.journal("identity")] == ["api", "autopilot"]


def test_it_leaves_alone_whom_a_person_told_to_be_silent(sandbox: Sandbox) -> None:
    ref, sent = ask(sandbox)["ref"], send(sandbox)
    last_key(sandbox)
    sandbox.identity_answer(ref, "silent")
    sandbox.edo_ignore(sent["MessageId"])
    sandbox.autopilot(on=True)
    assert status(sandbox, ref)["state"] == "pending"
    assert current(sandbox, sent)["RecipientResponseStatus"] == "WaitingForRecipientSignature"


def test_a_crowd_is_answered_over_several_requests(sandbox: Sandbox) -> None:
    for number in range(60):
        ask(sandbox, reference=str(number))
    sandbox.autopilot(on=True)
    waiting = [sandbox.state()["waiting"]["identity"] for _ in range(3)]
    assert waiting == [35, 10, 0]
