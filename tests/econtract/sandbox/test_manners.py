"""What all our own protocols have in common."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.support.sandbox import ROMASHKA, Sandbox

CABINET = {
    "reference": "10482",
    "inn": ROMASHKA,
    "kpp": "770101001",
    "name": "ООО «Ромашка»",
    "phone": "+79123456789",
    "email": "info@romashka.example",
    "surname": "Петров",
    "given_name": "Петр",
    "patronymic": "",
}


@pytest.mark.parametrize("path", ["/cdi/v1/organisations", "/edo/GetMyOrganizations"])
def test_a_call_without_a_token_is_refused(sandbox: Sandbox, path: str) -> None:
    answer = httpx.get(sandbox.url + path)
    assert answer.status_code == 401


def test_a_command_without_an_idempotency_key_is_refused(sandbox: Sandbox) -> None:
    answer = sandbox.http.post("/cabinet/v1/cabinets", json=CABINET)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")


def test_the_same_key_gives_the_same_answer_and_one_effect(sandbox: Sandbox) -> None:
    key = str(uuid.uuid4())
    first, second = (sandbox.post("/cabinet/v1/cabinets", CABINET, key) for _ in range(2))
    assert first.json() == second.json()
    assert second.headers["Idempotency-Replayed"] == "true"
    [entry] = sandbox.journal("cabinet")
    assert (entry["action"], entry["reference"], entry["repeats"]) == ("created", "10482", 1)


def test_a_refusal_is_remembered_too_and_is_no_effect(sandbox: Sandbox) -> None:
    key = str(uuid.uuid4())
    wrong = {**CABINET, "inn": "7701001101"}
    answers = [sandbox.post("/cabinet/v1/cabinets", wrong, key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert sandbox.journal("cabinet") == []


def test_a_key_cannot_serve_another_request(sandbox: Sandbox) -> None:
    key = str(uuid.uuid4())
    sandbox.post("/cabinet/v1/cabinets", CABINET, key)
    answer = sandbox.post("/cabinet/v1/cabinets", {**CABINET, "reference": "2"}, key)
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")


def test_calls_with_one_key_at_the_same_moment_have_one_effect(sandbox: Sandbox) -> None:
    key = str(uuid.uuid4())
    body = {"to": "+79123456789", "text": "Привет", "reference": "1"}
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(sandbox.post, "/messages/v1/sms", body, key) for _ in range(8)]
    answers = [call.result() for call in calls]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["ref"] for answer in answers}) == 1
    assert [entry["repeats"] for entry in sandbox.journal("messages")] == [7]


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"{", "bad_json"), (b"[]", "bad_json"), (b"\xff", "bad_json"), (b"{}", "bad_request")],
)
def test_a_body_that_is_not_of_the_form_is_a_final_refusal(
    sandbox: Sandbox, content: bytes, code: str
) -> None:
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    answer = sandbox.http.post("/messages/v1/sms", content=content, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


@pytest.mark.parametrize("value", [5, None, True, [], {}, "x" * 20_000])
def test_a_field_of_the_wrong_kind_is_a_final_refusal(sandbox: Sandbox, value: object) -> None:
    body = {"to": "+79123456789", "text": value, "reference": "1"}
    assert sandbox.post("/messages/v1/sms", body).status_code == 400


def test_the_request_id_comes_back(sandbox: Sandbox) -> None:
    answer = sandbox.http.get("/signing/v1/keys", headers={"X-Request-Id": "abc-1"})
    assert answer.headers["X-Request-Id"] == "abc-1"


def test_an_unknown_address_of_a_system_is_a_json_answer(sandbox: Sandbox) -> None:
    answer = sandbox.get("/cabinet/v1/nothing")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_reset_forgets_effects_and_faults(sandbox: Sandbox) -> None:
    sandbox.post("/cabinet/v1/cabinets", CABINET)
    sandbox.fault("cabinet", "down", times=None)
    sandbox.reset()
    assert sandbox.journal("cabinet") == []
    assert sandbox.state()["faults"] == []
