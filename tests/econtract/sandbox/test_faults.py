"""Misbehaviour on demand."""

import uuid

import httpx
import pytest

from tests.econtract.sandbox.exchange import (
    events,
    last_key,
    message,
    post,
    power_of_attorney,
    send,
)
from tests.econtract.sandbox.test_identity import ask, feed
from tests.econtract.sandbox.test_manners import CABINET
from tests.support.sandbox import Sandbox


def test_an_error_does_nothing_and_lasts_as_long_as_asked(sandbox: Sandbox) -> None:
    sandbox.fault("cabinet", "error", times=2, status=503)
    key = str(uuid.uuid4())
    codes = [sandbox.post("/cabinet/v1/cabinets", CABINET, key).status_code for _ in range(3)]
    assert codes == [503, 503, 201]
    assert [entry["repeats"] for entry in sandbox.journal("cabinet")] == [0]


def test_too_many_requests_say_when_to_come_back(sandbox: Sandbox) -> None:
    sandbox.fault("signing", "error", status=429, code="too_many_requests")
    answer = sandbox.get("/signing/v1/keys")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")


def test_any_refusal_can_be_simulated(sandbox: Sandbox) -> None:
    sandbox.fault("edo", "error", status=402, code="Subscription.Expired")
    answer = sandbox.get("/edo/GetMyOrganizations")
    assert (answer.status_code, answer.headers["X-Diadoc-ErrorCode"]) == (
        402,
        "Subscription.Expired",
    )


def test_a_system_that_is_down_breaks_the_connection(sandbox: Sandbox) -> None:
    sandbox.fault("cdi", "down", times=None)
    with pytest.raises(httpx.TransportError):
        sandbox.get("/cdi/v1/organisations", q="ромашка")
    assert sandbox.get("/signing/v1/keys").status_code == 200
    sandbox.clear_faults()
    assert sandbox.get("/cdi/v1/organisations", q="ромашка").status_code == 200


def test_a_lost_answer_was_acted_upon(sandbox: Sandbox) -> None:
    sandbox.fault("cabinet", "lost_answer")
    key = str(uuid.uuid4())
    assert sandbox.post("/cabinet/v1/cabinets", CABINET, key).status_code == 504
    assert sandbox.post("/cabinet/v1/cabinets", CABINET, key).status_code == 201
    assert [entry["repeats"] for entry in sandbox.journal("cabinet")] == [1]


def test_a_lost_answer_can_drop_the_connection(sandbox: Sandbox) -> None:
    sandbox.fault("edo", "lost_answer", path_contains="PostMessage", drop=True)
    body, operation = message(sandbox), str(uuid.uuid4())
    with pytest.raises(httpx.TransportError):
        post(sandbox, body, operation)
    assert post(sandbox, body, operation).status_code == 200
    assert len(sandbox.journal("edo", action="sent")) == 1


def test_a_slow_system_answers_in_the_end(sandbox: Sandbox) -> None:
    sandbox.fault("signing", "slow", seconds=2)
    with pytest.raises(httpx.ReadTimeout):
        sandbox.http.get("/signing/v1/keys", timeout=0.5)
    sandbox.fault("signing", "slow", seconds=1)
    assert sandbox.get("/signing/v1/keys").status_code == 200


def test_a_fault_strikes_only_the_path_it_names(sandbox: Sandbox) -> None:
    sandbox.fault("edo", "error", times=None, path_contains="PostMessage")
    assert sandbox.get("/edo/GetMyOrganizations").status_code == 200


def test_events_can_repeat_and_come_backwards(sandbox: Sandbox) -> None:
    for reference in ("1", "2"):
        sandbox.identity_answer(ask(sandbox, reference=reference)["ref"], "passed")
    plain = feed(sandbox)
    sandbox.fault("identity", "answer_twice")
    twice = feed(sandbox)
    assert [event["id"] for event in twice["events"]] == [
        event["id"] for event in plain["events"] for _ in range(2)
    ]
    sandbox.fault("identity", "reordered")
    backwards = feed(sandbox)
    assert backwards["events"] == plain["events"][::-1]
    assert backwards["cursor"] == twice["cursor"] == plain["cursor"]


def test_the_operators_events_can_repeat_and_come_backwards(sandbox: Sandbox) -> None:
    after = last_key(sandbox)
    send(sandbox)
    plain = [event["EventId"] for event in events(sandbox, after)]
    sandbox.fault("edo", "reordered", path_contains="GetNewEvents")
    assert [event["EventId"] for event in events(sandbox, after)] == plain[::-1]
    sandbox.fault("edo", "answer_twice", path_contains="GetNewEvents")
    assert [event["EventId"] for event in events(sandbox, after)][-4:] == [
        plain[0],
        plain[0],
        plain[1],
        plain[1],
    ]


def test_an_operation_can_still_be_running(sandbox: Sandbox) -> None:
    sandbox.fault("edo", "still_running", times=2)
    body, operation = message(sandbox), str(uuid.uuid4())
    answers = [post(sandbox, body, operation) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [204, 204, 200]
    assert answers[0].headers["Retry-After"] == "1"


def test_a_power_of_attorney_can_get_lost(sandbox: Sandbox) -> None:
    sandbox.fault("edo", "power_of_attorney_lost")
    sent = send(sandbox, PowerOfAttorney=power_of_attorney(sandbox))
    status = sent["Entities"][1]["PowerOfAttorneyAttachmentStatus"]["StatusName"]
    assert status == "PowerOfAttorneyRequired"


def test_a_good_signature_can_be_found_invalid(sandbox: Sandbox) -> None:
    after = last_key(sandbox)
    sandbox.fault("edo", "sender_signature_invalid")
    send(sandbox)
    info = events(sandbox, after)[1]["Patch"]["Entities"][0]["DocumentInfo"]
    assert info["SenderSignatureStatus"] == "SenderSignatureCheckedAndInvalid"


@pytest.mark.parametrize(
    "fault",
    [
        {"system": "moon", "kind": "down"},
        {"system": "edo", "kind": "bored"},
        {"system": "edo", "kind": "slow", "seconds": 100_000},
        {"system": "edo", "kind": "error", "status": 200},
        {"system": "edo", "kind": "error", "times": "many"},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(sandbox: Sandbox, fault: dict[str, object]) -> None:
    assert sandbox.http.post("/control/v1/faults", json=fault).status_code == 400
