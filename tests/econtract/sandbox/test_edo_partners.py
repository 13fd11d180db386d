"""The ЭДО operator: counteragents and invitations."""

from typing import Any

import httpx

from tests.support.sandbox import PARTNERS_ONLY, REFUSES_STRANGERS, ROMASHKA, Sandbox
from tests.support.sandbox_edo import build_message, client_box, error_of, our_box, post_message

STRANGER = (409, "DiadocApi.Conflict")


def get_counteragent(sandbox: Sandbox, inn: str) -> httpx.Response:
    """Our relation with the client."""
    params = {"myBoxId": our_box(sandbox), "counteragentBoxId": client_box(sandbox, inn)}
    return sandbox.get("/edo/V3/GetCounteragent", **params)


def get_status(sandbox: Sandbox, inn: str) -> Any:
    """Our `CounteragentStatus` of the client."""
    return get_counteragent(sandbox, inn).json()["CurrentStatus"]


def invite(sandbox: Sandbox, inn: str) -> str:
    """Invite the client; returns the id of the task."""
    response = sandbox.http.post(
        "/edo/V3/AcquireCounteragent",
        params={"myBoxId": our_box(sandbox)},
        json={"BoxId": client_box(sandbox, inn), "MessageToCounteragent": "Примите приглашение"},
    )
    task_id: str = response.json()["TaskId"]
    return task_id


def test_without_a_relation_the_counteragent_is_not_found(sandbox: Sandbox) -> None:
    assert error_of(get_counteragent(sandbox, PARTNERS_ONLY)) == (404, "DiadocApi.NotFound")


def test_an_invitation_waits_until_the_client_accepts_it(sandbox: Sandbox) -> None:
    message = build_message(sandbox, PARTNERS_ONLY)
    refusal = post_message(sandbox, message)
    assert error_of(refusal) == STRANGER
    assert refusal.text == "Recipient allows to receive messages only from counteragents"
    task_id = invite(sandbox, PARTNERS_ONLY)
    assert get_status(sandbox, PARTNERS_ONLY) == "IsInvitedByMe"
    assert error_of(post_message(sandbox, message)) == STRANGER
    assert invite(sandbox, PARTNERS_ONLY) == task_id
    sandbox.edo_invitation(PARTNERS_ONLY, "accept")
    assert get_status(sandbox, PARTNERS_ONLY) == "IsMyCounteragent"
    assert post_message(sandbox, message).status_code == 200
    actions = [entry["action"] for entry in sandbox.journal("edo", reference=PARTNERS_ONLY)]
    assert actions == ["invited", "invitation_accepted"]


def test_the_result_of_an_invitation_comes_later(sandbox: Sandbox) -> None:
    task_id = invite(sandbox, PARTNERS_ONLY)
    first, second = (
        sandbox.get("/edo/V2/AcquireCounteragentResult", taskId=task_id) for _ in range(2)
    )
    assert (first.status_code, first.headers["Retry-After"]) == (204, "1")
    assert second.json() == {"BoxId": client_box(sandbox, PARTNERS_ONLY)}


def test_a_declined_invitation_may_be_sent_again(sandbox: Sandbox) -> None:
    invite(sandbox, PARTNERS_ONLY)
    sandbox.edo_invitation(PARTNERS_ONLY, "decline")
    assert get_status(sandbox, PARTNERS_ONLY) == "RejectsMe"
    invite(sandbox, PARTNERS_ONLY)
    assert get_status(sandbox, PARTNERS_ONLY) == "IsInvitedByMe"


def test_an_invitation_to_one_who_invites_us_makes_partners(sandbox: Sandbox) -> None:
    sandbox.edo_invitation(PARTNERS_ONLY, "invite")
    assert get_status(sandbox, PARTNERS_ONLY) == "InvitesMe"
    invite(sandbox, PARTNERS_ONLY)
    assert get_status(sandbox, PARTNERS_ONLY) == "IsMyCounteragent"


def test_an_open_organisation_needs_no_partnership(sandbox: Sandbox) -> None:
    assert get_counteragent(sandbox, ROMASHKA).status_code == 404
    assert post_message(sandbox, build_message(sandbox, ROMASHKA)).status_code == 200


def test_the_autopilot_answers_invitations_by_habit(sandbox: Sandbox) -> None:
    sandbox.autopilot(on=True)
    invite(sandbox, PARTNERS_ONLY)
    invite(sandbox, REFUSES_STRANGERS)
    assert get_status(sandbox, PARTNERS_ONLY) == "IsMyCounteragent"
    assert get_status(sandbox, REFUSES_STRANGERS) == "RejectsMe"


def test_the_list_of_counteragents_is_read_page_by_page(sandbox: Sandbox) -> None:
    invite(sandbox, PARTNERS_ONLY)
    params = {"myBoxId": our_box(sandbox)}
    page = sandbox.get("/edo/V3/GetCounteragents", **params).json()
    [row] = page["Counteragents"]
    assert (row["CurrentStatus"], page["TotalCount"]) == ("IsInvitedByMe", 1)
    assert row["MessageToCounteragent"] == "Примите приглашение"
    rest = sandbox.get("/edo/V3/GetCounteragents", **params, afterIndexKey=row["IndexKey"])
    assert rest.json()["Counteragents"] == []


def test_the_box_of_another_company_is_forbidden(sandbox: Sandbox) -> None:
    params = {"myBoxId": client_box(sandbox, ROMASHKA), "counteragentBoxId": our_box(sandbox)}
    assert sandbox.get("/edo/V3/GetCounteragent", **params).status_code == 403


def test_an_invitation_with_a_document_is_accepted_by_signing_it(sandbox: Sandbox) -> None:
    sandbox.edo_invitation(PARTNERS_ONLY, "invite-with-document")
    params, body = {"myBoxId": our_box(sandbox)}, {"BoxId": client_box(sandbox, PARTNERS_ONLY)}
    response = sandbox.http.post("/edo/V3/AcquireCounteragent", params=params, json=body)
    assert error_of(response) == (409, "Invitations.RecipientInvitationRequiresResponse")
    assert get_status(sandbox, PARTNERS_ONLY) == "InvitesMe"


def test_a_client_who_has_ended_the_partnership_blocks_us(sandbox: Sandbox) -> None:
    invite(sandbox, ROMASHKA)
    sandbox.edo_invitation(ROMASHKA, "accept")
    sandbox.edo_invitation(ROMASHKA, "decline")
    refusal = post_message(sandbox, build_message(sandbox, ROMASHKA))
    assert error_of(refusal) == STRANGER
    assert refusal.text == "Recipient forbids to receive messages from blocked senders"
