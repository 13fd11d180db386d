"""Identification through Госуслуги."""

import pytest

from tests.support.sandbox import Sandbox
from tests.support.sandbox_calls import (
    get_identification,
    get_identity_feed,
    post_identification,
    request_identification,
)


@pytest.mark.parametrize(
    ("answer", "state", "resolution"),
    [
        ("passed", "passed", None),
        ("passed_change_services", "passed", "change_services"),
        ("documents", "documents", None),
        ("authority_pending", "failed", "authority_pending"),
        ("data_refused", "failed", "data_refused"),
        ("change_services", "failed", "change_services"),
        ("data_mismatch", "failed", "data_mismatch"),
        ("blacklisted", "failed", "blacklisted"),
        ("no_answer", "failed", "no_answer"),
    ],
)
def test_every_answer_sets_the_state_and_creates_an_event(
    sandbox: Sandbox, answer: str, state: str, resolution: str | None
) -> None:
    ref = request_identification(sandbox)["ref"]
    sandbox.identity_answer(ref, answer)
    status = get_identification(sandbox, ref)
    assert (status["state"], status["resolution"]) == (state, resolution)
    assert bool(status["identified_at"]) == (state == "passed")
    [event] = get_identity_feed(sandbox)["events"]
    assert (event["type"], event["ref"], event["resolution"]) == (state, ref, resolution)
    assert event["reference"] == "10482"


def test_a_pending_request_creates_no_event(sandbox: Sandbox) -> None:
    assert get_identification(sandbox, request_identification(sandbox)["ref"])["state"] == "pending"
    assert get_identity_feed(sandbox) == {"events": [], "cursor": "0"}


def test_the_feed_continues_after_a_cursor(sandbox: Sandbox) -> None:
    refs = [request_identification(sandbox, reference=str(number))["ref"] for number in range(3)]
    for ref in refs:
        sandbox.identity_answer(ref, "passed")
    first = sandbox.get("/identity/v1/events", limit=2).json()
    rest = get_identity_feed(sandbox, first["cursor"])
    assert [event["ref"] for event in first["events"] + rest["events"]] == refs
    assert get_identity_feed(sandbox, rest["cursor"]) == {"events": [], "cursor": rest["cursor"]}


def test_cursors_keep_growing_after_a_reset(sandbox: Sandbox) -> None:
    sandbox.identity_answer(request_identification(sandbox)["ref"], "passed")
    cursor = get_identity_feed(sandbox)["cursor"]
    sandbox.reset()
    ref = request_identification(sandbox)["ref"]
    sandbox.identity_answer(ref, "passed")
    assert [event["ref"] for event in get_identity_feed(sandbox, cursor)["events"]] == [ref]


def test_documents_of_an_answer_can_be_accepted(sandbox: Sandbox) -> None:
    ref = request_identification(sandbox)["ref"]
    file = {"name": "prikaz.pdf", "content_type": "application/pdf", "content": "JVBERi0="}
    sandbox.identity_answer(ref, "documents", [file])
    assert get_identification(sandbox, ref)["documents"] == [file]
    assert post_identification(sandbox, ref, "accept").json()["state"] == "passed"
    # Accepting is the caller's own action, so it creates no event.
    assert len(get_identity_feed(sandbox)["events"]) == 1


def test_declining_the_documents_reopens_the_link(sandbox: Sandbox) -> None:
    request = request_identification(sandbox)
    sandbox.identity_answer(request["ref"], "documents")
    status = post_identification(sandbox, request["ref"], "decline", comment="Нужен приказ").json()
    assert (status["state"], status["resolution"]) == ("pending", "authority_pending")
    assert status["documents"] == []
    assert "Нужен приказ" in sandbox.http.get(request["link"]).text
    sandbox.identity_answer(request["ref"], "passed")
    assert get_identification(sandbox, request["ref"])["state"] == "passed"


def test_a_cancelled_link_no_longer_works(sandbox: Sandbox) -> None:
    request = request_identification(sandbox)
    assert post_identification(sandbox, request["ref"], "cancel").json()["state"] == "cancelled"
    assert post_identification(sandbox, request["ref"], "cancel").status_code == 200
    assert sandbox.http.get(request["link"]).status_code == 410
    assert len([e for e in sandbox.journal("identity") if e["action"] == "cancelled"]) == 1


@pytest.mark.parametrize("answer", ["passed", "data_refused"])
def test_an_answered_request_cannot_be_cancelled(sandbox: Sandbox, answer: str) -> None:
    ref = request_identification(sandbox)["ref"]
    sandbox.identity_answer(ref, answer)
    response = post_identification(sandbox, ref, "cancel")
    assert (response.status_code, response.json()["code"]) == (409, "already_answered")


@pytest.mark.parametrize("name", ["accept", "decline"])
def test_only_an_answer_with_documents_can_be_accepted_or_declined(
    sandbox: Sandbox, name: str
) -> None:
    response = post_identification(
        sandbox, request_identification(sandbox)["ref"], name, comment="?"
    )
    assert (response.status_code, response.json()["code"]) == (409, "wrong_state")


def test_an_expired_link_fails_with_no_answer(sandbox: Sandbox) -> None:
    ref = request_identification(sandbox)["ref"]
    sandbox.clock(advance_seconds=7 * 86400 + 1)
    assert get_identification(sandbox, ref)["resolution"] == "no_answer"


def test_a_person_without_an_organisation_can_be_identified(sandbox: Sandbox) -> None:
    body = {
        "reference": "7",
        "surname": "Иванова",
        "given_name": "Анна",
        "phone": "+79000000000",
        "organisation": None,
    }
    assert sandbox.post("/identity/v1/requests", body).status_code == 201


def test_an_unknown_request_is_not_found(sandbox: Sandbox) -> None:
    assert sandbox.get("/identity/v1/requests/nothing").status_code == 404
    assert post_identification(sandbox, "nothing", "cancel").status_code == 404
