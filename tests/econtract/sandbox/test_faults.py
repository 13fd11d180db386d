"""Simulated faults of the outside systems."""

import uuid

import httpx
import pytest

from tests.support.sandbox import Sandbox
from tests.support.sandbox_calls import (
    CABINET_BODY,
    get_identity_feed,
    request_identification,
)
from tests.support.sandbox_edo import (
    build_message,
    build_power_of_attorney,
    get_events,
    get_statuses,
    post_message,
    send_contract,
    skip_events,
)


def test_an_error_has_no_effect_and_occurs_the_given_number_of_times(sandbox: Sandbox) -> None:
    sandbox.fault("cabinet", "error", times=2, status=503)
    key = str(uuid.uuid4())
    codes = [sandbox.post("/cabinet/v1/cabinets", CABINET_BODY, key).status_code for _ in range(3)]
    assert codes == [503, 503, 201]
    assert [entry["repeats"] for entry in sandbox.journal("cabinet")] == [0]


def test_too_many_requests_has_a_retry_after_header(sandbox: Sandbox) -> None:
    sandbox.fault("signing", "error", status=429, code="too_many_requests")
    response = sandbox.get("/signing/v1/keys")
    assert (response.status_code, response.headers["Retry-After"]) == (429, "1")


def test_any_error_status_and_code_can_be_simulated(sandbox: Sandbox) -> None:
    sandbox.fault("edo", "error", status=402, code="Subscription.Expired")
    response = sandbox.get("/edo/GetMyOrganizations")
    assert (response.status_code, response.headers["X-Diadoc-ErrorCode"]) == (
        402,
        "Subscription.Expired",
    )


def test_a_system_that_is_down_closes_the_connection(sandbox: Sandbox) -> None:
    sandbox.fault("cdi", "down", times=None)
    with pytest.raises(httpx.TransportError):
        sandbox.get("/cdi/v1/organisations", q="ромашка")
    assert sandbox.get("/signing/v1/keys").status_code == 200
    sandbox.clear_faults()
    assert sandbox.get("/cdi/v1/organisations", q="ромашка").status_code == 200


def test_a_request_whose_answer_is_lost_has_its_effect(sandbox: Sandbox) -> None:
    sandbox.fault("cabinet", "lost_answer")
    key = str(uuid.uuid4())
    assert sandbox.post("/cabinet/v1/cabinets", CABINET_BODY, key).status_code == 504
    assert sandbox.post("/cabinet/v1/cabinets", CABINET_BODY, key).status_code == 201
    assert [entry["repeats"] for entry in sandbox.journal("cabinet")] == [1]


def test_a_lost_answer_can_close_the_connection(sandbox: Sandbox) -> None:
    sandbox.fault("edo", "lost_answer", path_contains="PostMessage", drop=True)
    body, operation = build_message(sandbox), str(uuid.uuid4())
    with pytest.raises(httpx.TransportError):
        post_message(sandbox, body, operation)
    assert post_message(sandbox, body, operation).status_code == 200
    assert len(sandbox.journal("edo", action="sent")) == 1


def test_a_slow_system_answers_after_a_delay(sandbox: Sandbox) -> None:
    sandbox.fault("signing", "slow", seconds=2)
    with pytest.raises(httpx.ReadTimeout):
        sandbox.http.get("/signing/v1/keys", timeout=0.5)
    sandbox.fault("signing", "slow", seconds=1)
    assert sandbox.get("/signing/v1/keys").status_code == 200


def test_a_fault_affects_only_matching_paths(sandbox: Sandbox) -> None:
    sandbox.fault("edo", "error", times=None, path_contains="PostMessage")
    assert sandbox.get("/edo/GetMyOrganizations").status_code == 200


def test_events_can_be_repeated_and_reordered(sandbox: Sandbox) -> None:
    for reference in ("1", "2"):
        sandbox.identity_answer(
            request_identification(sandbox, reference=reference)["ref"], "passed"
        )
    normal = get_identity_feed(sandbox)
    sandbox.fault("identity", "answer_twice")
    repeated = get_identity_feed(sandbox)
    assert [event["id"] for event in repeated["events"]] == [
        event["id"] for event in normal["events"] for _ in range(2)
    ]
    sandbox.fault("identity", "reordered")
    reordered = get_identity_feed(sandbox)
    assert reordered["events"] == normal["events"][::-1]
    assert reordered["cursor"] == repeated["cursor"] == normal["cursor"]


def test_events_of_the_operator_can_be_repeated_and_reordered(sandbox: Sandbox) -> None:
    after = skip_events(sandbox)
    send_contract(sandbox)
    normal = [event["EventId"] for event in get_events(sandbox, after)]
    sandbox.fault("edo", "reordered", path_contains="GetNewEvents")
    assert [event["EventId"] for event in get_events(sandbox, after)] == normal[::-1]
    sandbox.fault("edo", "answer_twice", path_contains="GetNewEvents")
    assert [event["EventId"] for event in get_events(sandbox, after)][-4:] == [
        normal[0],
        normal[0],
        normal[1],
        normal[1],
    ]


def test_an_operation_can_be_reported_as_still_running(sandbox: Sandbox) -> None:
    sandbox.fault("edo", "still_running", times=2)
    body, operation = build_message(sandbox), str(uuid.uuid4())
    responses = [post_message(sandbox, body, operation) for _ in range(3)]
    assert [response.status_code for response in responses] == [204, 204, 200]
    assert responses[0].headers["Retry-After"] == "1"


def test_a_power_of_attorney_can_be_lost(sandbox: Sandbox) -> None:
    sandbox.fault("edo", "power_of_attorney_lost")
    message = send_contract(sandbox, PowerOfAttorney=build_power_of_attorney(sandbox))
    skip_events(sandbox)
    params = {"boxId": message["FromBoxId"], "messageId": message["MessageId"]}
    _, signature = sandbox.get("/edo/V6/GetMessage", **params).json()["Entities"]
    status = signature["PowerOfAttorneyAttachmentStatus"]["StatusName"]
    assert status == "PowerOfAttorneyRequired"


def test_a_valid_signature_can_be_reported_as_invalid(sandbox: Sandbox) -> None:
    sandbox.fault("edo", "sender_signature_invalid")
    message = send_contract(sandbox)
    skip_events(sandbox)
    assert get_statuses(sandbox, message)[0] == "SenderSignatureCheckedAndInvalid"


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
def test_an_invalid_fault_is_refused(sandbox: Sandbox, fault: dict[str, object]) -> None:
    assert sandbox.http.post("/control/v1/faults", json=fault).status_code == 400
