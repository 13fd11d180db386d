"""What all of the sandbox's own protocols have in common."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.support.sandbox import Sandbox
from tests.support.sandbox_calls import (
    CABINET_BODY,
)


@pytest.mark.parametrize("path", ["/cdi/v1/organisations", "/edo/GetMyOrganizations"])
def test_a_request_without_a_token_is_refused(sandbox: Sandbox, path: str) -> None:
    response = httpx.get(sandbox.url + path)
    assert response.status_code == 401


def test_a_command_without_an_idempotency_key_is_refused(sandbox: Sandbox) -> None:
    response = sandbox.http.post("/cabinet/v1/cabinets", json=CABINET_BODY)
    assert (response.status_code, response.json()["code"]) == (400, "idempotency_key_required")


def test_a_repeated_key_returns_the_first_response_and_has_one_effect(sandbox: Sandbox) -> None:
    key = str(uuid.uuid4())
    first, second = (sandbox.post("/cabinet/v1/cabinets", CABINET_BODY, key) for _ in range(2))
    assert first.json() == second.json()
    assert second.headers["Idempotency-Replayed"] == "true"
    [entry] = sandbox.journal("cabinet")
    assert (entry["action"], entry["reference"], entry["repeats"]) == ("created", "10482", 1)


def test_a_final_error_is_stored_and_is_no_effect(sandbox: Sandbox) -> None:
    key = str(uuid.uuid4())
    wrong = {**CABINET_BODY, "inn": "7701001101"}
    responses = [sandbox.post("/cabinet/v1/cabinets", wrong, key) for _ in range(2)]
    assert [response.status_code for response in responses] == [422, 422]
    assert sandbox.journal("cabinet") == []


def test_a_key_cannot_be_reused_for_another_request(sandbox: Sandbox) -> None:
    key = str(uuid.uuid4())
    sandbox.post("/cabinet/v1/cabinets", CABINET_BODY, key)
    response = sandbox.post("/cabinet/v1/cabinets", {**CABINET_BODY, "reference": "2"}, key)
    assert (response.status_code, response.json()["code"]) == (409, "idempotency_key_reused")


def test_parallel_requests_with_one_key_have_one_effect(sandbox: Sandbox) -> None:
    key = str(uuid.uuid4())
    with ThreadPoolExecutor(8) as pool:
        path = "/cabinet/v1/cabinets"
        calls = [pool.submit(sandbox.post, path, CABINET_BODY, key) for _ in range(8)]
    responses = [call.result() for call in calls]
    assert {response.status_code for response in responses} == {201}
    assert len({response.json()["ref"] for response in responses}) == 1
    assert [entry["repeats"] for entry in sandbox.journal("cabinet")] == [7]


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"{", "bad_json"), (b"[]", "bad_json"), (b"\xff", "bad_json"), (b"{}", "bad_request")],
)
def test_a_malformed_body_is_a_bad_request(sandbox: Sandbox, content: bytes, code: str) -> None:
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    response = sandbox.http.post("/cabinet/v1/cabinets", content=content, headers=headers)
    assert (response.status_code, response.json()["code"]) == (400, code)


@pytest.mark.parametrize("value", [5, None, True, [], {}, "x" * 20_000])
def test_a_field_of_the_wrong_type_is_a_bad_request(sandbox: Sandbox, value: object) -> None:
    body = {"id": "m1", "to": "+79123456789", "text": value}
    assert sandbox.post("/messages/v1/sms", body).status_code == 400


def test_the_request_id_is_echoed(sandbox: Sandbox) -> None:
    response = sandbox.http.get("/signing/v1/keys", headers={"X-Request-Id": "abc-1"})
    assert response.headers["X-Request-Id"] == "abc-1"


def test_an_unknown_path_of_a_system_returns_json(sandbox: Sandbox) -> None:
    response = sandbox.get("/cabinet/v1/nothing")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_reset_deletes_effects_and_faults(sandbox: Sandbox) -> None:
    sandbox.post("/cabinet/v1/cabinets", CABINET_BODY)
    sandbox.fault("cabinet", "down", times=None)
    sandbox.reset()
    assert sandbox.journal("cabinet") == []
    assert sandbox.state()["faults"] == []
