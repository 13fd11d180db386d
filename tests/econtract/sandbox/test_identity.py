"""Identification through Госуслуги."""

from typing import Any

import pytest

from tests.support.sandbox import ROMASHKA, Sandbox


def ask(sandbox: Sandbox, inn: str = ROMASHKA, reference: str = "10482") -> dict[str, Any]:
    body = {
        "reference": reference,
        "surname": "Петров",
        "given_name": "Петр",
        "patronymic": "Петрович",
        "phone": "+79123456789",
        "email": "p@romashka.example",
        "position": "Директор",
        "authority": "Устав",
        "organisation": {"inn": inn, "kpp": "770101001", "ogrn": "", "name": "ООО «Ромашка»"},
        "reply_to": None,
    }
    answer = sandbox.post("/identity/v1/requests", body)
    assert answer.status_code == 201, answer.text
    request: dict[str, Any] = answer.json()
    return request


def status(sandbox: Sandbox, ref: str) -> dict[str, Any]:
    found: dict[str, Any] = sandbox.get(f"/identity/v1/requests/{ref}").json()
    return found


def feed(sandbox: Sandbox, after: str = "") -> dict[str, Any]:
    found: dict[str, Any] = sandbox.get("/identity/v1/events", after=after).json()
    return found


def act(sandbox: Sandbox, ref: str, name: str, **body: str) -> Any:
    return sandbox.post(f"/identity/v1/requests/{ref}/{name}", body)


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
def test_every_answer_is_told_by_state_and_event(
    sandbox: Sandbox, answer: str, state: str, resolution: str | None
) -> None:
    ref = ask(sandbox)["ref"]
    sandbox.identity_answer(ref, answer)
    found = status(sandbox, ref)
    assert (found["state"], found["resolution"]) == (state, resolution)
    assert bool(found["identified_at"]) == (state == "passed")
    [event] = feed(sandbox)["events"]
    assert (event["type"], event["ref"], event["resolution"]) == (state, ref, resolution)
    assert event["reference"] == "10482"


def test_a_pending_request_makes_no_event(sandbox: Sandbox) -> None:
    assert status(sandbox, ask(sandbox)["ref"])["state"] == "pending"
    assert feed(sandbox) == {"events": [], "cursor": "0"}


def test_the_feed_goes_on_from_its_cursor(sandbox: Sandbox) -> None:
    refs = [ask(sandbox, reference=str(number))["ref"] for number in range(3)]
    for ref in refs:
        sandbox.identity_answer(ref, "passed")
    first = sandbox.get("/identity/v1/events", limit=2).json()
    rest = feed(sandbox, first["cursor"])
    assert [event["ref"] for event in first["events"] + rest["events"]] == refs
    assert feed(sandbox, rest["cursor"]) == {"events": [], "cursor": rest["cursor"]}


def test_cursors_go_on_growing_after_a_reset(sandbox: Sandbox) -> None:
    sandbox.identity_answer(ask(sandbox)["ref"], "passed")
    cursor = feed(sandbox)["cursor"]
    sandbox.reset()
    ref = ask(sandbox)["ref"]
    sandbox.identity_answer(ref, "passed")
    assert [event["ref"] for event in feed(sandbox, cursor)["events"]] == [ref]


def test_papers_come_with_the_answer_and_can_be_accepted(sandbox: Sandbox) -> None:
    ref = ask(sandbox)["ref"]
    paper = {"name": "prikaz.pdf", "content_type": "application/pdf", "content": "JVBERi0="}
    sandbox.identity_answer(ref, "documents", [paper])
    assert status(sandbox, ref)["documents"] == [paper]
    assert act(sandbox, ref, "accept").json()["state"] == "passed"
    assert len(feed(sandbox)["events"]) == 1  # what the caller did himself is no news to him


def test_declined_papers_open_the_link_again(sandbox: Sandbox) -> None:
    request = ask(sandbox)
    sandbox.identity_answer(request["ref"], "documents")
    declined = act(sandbox, request["ref"], "decline", comment="Нужен приказ").json()
    assert (declined["state"], declined["resolution"]) == ("pending", "authority_pending")
    assert declined["documents"] == []
    assert "Нужен приказ" in sandbox.http.get(request["link"]).text
    sandbox.identity_answer(request["ref"], "passed")
    assert status(sandbox, request["ref"])["state"] == "passed"


def test_a_cancelled_link_is_dead(sandbox: Sandbox) -> None:
    request = ask(sandbox)
    assert act(sandbox, request["ref"], "cancel").json()["state"] == "cancelled"
    assert act(sandbox, request["ref"], "cancel").status_code == 200
    assert sandbox.http.get(request["link"]).status_code == 410
    assert len([e for e in sandbox.journal("identity") if e["action"] == "cancelled"]) == 1


@pytest.mark.parametrize("answer", ["passed", "data_refused"])
def test_an_answered_request_cannot_be_cancelled(sandbox: Sandbox, answer: str) -> None:
    ref = ask(sandbox)["ref"]
    sandbox.identity_answer(ref, answer)
    refused = act(sandbox, ref, "cancel")
    assert (refused.status_code, refused.json()["code"]) == (409, "already_answered")


@pytest.mark.parametrize("name", ["accept", "decline"])
def test_only_papers_can_be_judged(sandbox: Sandbox, name: str) -> None:
    refused = act(sandbox, ask(sandbox)["ref"], name, comment="?")
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")


def test_a_link_expires_with_no_answer(sandbox: Sandbox) -> None:
    ref = ask(sandbox)["ref"]
    sandbox.clock(advance_seconds=7 * 86400 + 1)
    assert status(sandbox, ref)["resolution"] == "no_answer"


def test_a_person_without_an_organisation_can_be_asked(sandbox: Sandbox) -> None:
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
    assert act(sandbox, "nothing", "cancel").status_code == 404
