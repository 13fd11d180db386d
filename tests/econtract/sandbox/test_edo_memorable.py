"""The ЭДО operator: the organisations that show what it can do."""

from typing import Any

import pytest

from tests.support.sandbox import (
    APPROVES,
    DELIVERY_FAILS,
    DEPARTMENTS,
    IGNORES_INVITATIONS,
    INACTIVE_BOX,
    LIQUIDATED,
    REAL_BOX,
    REJECTS_BY_MESSAGE,
    REJECTS_REVOCATION,
    REVOKES,
    ROAMING_ONLY,
    ROAMING_TWIN,
    SIDOROV,
    SLOW_DELIVERY,
    TWO_BOXES,
    Sandbox,
)
from tests.support.sandbox_edo import (
    added_types,
    build_message,
    build_revocation,
    client_box,
    error_of,
    get_document_info,
    get_events,
    get_statuses,
    our_box,
    post_message,
    post_patch,
    send_contract,
    skip_events,
)


def get_organisations(sandbox: Sandbox, inn: str) -> Any:
    """What the operator knows about that ИНН."""
    return sandbox.get("/edo/GetOrganizationsByInnKpp", inn=inn).json()["Organizations"]


def test_a_company_may_have_several_boxes(sandbox: Sandbox) -> None:
    head_office, branch = get_organisations(sandbox, TWO_BOXES)
    assert [head_office["IsBranch"], branch["IsBranch"]] == [False, True]
    assert head_office["Kpp"] != branch["Kpp"]


def test_a_roaming_twin_has_the_same_numbers(sandbox: Sandbox) -> None:
    own, twin = get_organisations(sandbox, ROAMING_TWIN)
    assert [own["IsRoaming"], twin["IsRoaming"]] == [False, True]
    assert (own["Inn"], own["Kpp"]) == (twin["Inn"], twin["Kpp"])
    assert own["FnsParticipantId"] != twin["FnsParticipantId"]
    body = build_message(sandbox) | {"ToBoxId": twin["Boxes"][0]["BoxIdGuid"]}
    message = post_message(sandbox, body).json()
    events = get_events(sandbox)
    assert added_types(events[1]) == ["RoamingNotification"]
    info = get_document_info(sandbox, message)
    assert info["RoamingNotificationStatus"] == "RoamingNotificationStatusSuccess"


@pytest.mark.parametrize(
    ("inn", "field", "value"),
    [
        (INACTIVE_BOX, "IsActive", False),
        (ROAMING_ONLY, "IsRoaming", True),
        (REAL_BOX, "IsTest", False),
        (SIDOROV, "OrganizationType", "PhysicalPerson"),
    ],
)
def test_boxes_differ(sandbox: Sandbox, inn: str, field: str, value: Any) -> None:
    [organisation] = get_organisations(sandbox, inn)
    assert organisation[field] == value


def test_a_liquidated_company_has_its_date(sandbox: Sandbox) -> None:
    assert get_organisations(sandbox, LIQUIDATED)[0]["LiquidationDate"]


def test_a_box_id_has_two_forms(sandbox: Sandbox) -> None:
    [organisation] = get_organisations(sandbox, SIDOROV)
    box = organisation["Boxes"][0]
    assert box["BoxId"] == f"{box['BoxIdGuid'].replace('-', '')}@diadoc.ru"
    params = {"counteragentBoxId": box["BoxId"], "myBoxId": our_box(sandbox)}
    assert error_of(sandbox.get("/edo/V3/GetCounteragent", **params))[0] == 404


def test_an_inactive_box_takes_documents(sandbox: Sandbox) -> None:
    assert post_message(sandbox, build_message(sandbox, INACTIVE_BOX)).status_code == 200


def test_a_test_box_cannot_write_to_a_real_one(sandbox: Sandbox) -> None:
    refusal = post_message(sandbox, build_message(sandbox, REAL_BOX))
    assert error_of(refusal) == (409, "DiadocApi.Conflict")


def test_a_document_may_go_to_a_department(sandbox: Sandbox) -> None:
    [organisation] = get_organisations(sandbox, DEPARTMENTS)
    department = organisation["Departments"][0]["DepartmentId"]
    body = build_message(sandbox, DEPARTMENTS) | {"ToDepartmentId": department}
    message = post_message(sandbox, body).json()
    assert get_document_info(sandbox, message)["ToDepartmentId"] == department


@pytest.mark.parametrize(("inn", "status"), [(IGNORES_INVITATIONS, 200), (ROAMING_ONLY, 409)])
def test_invitations_that_nobody_answers(sandbox: Sandbox, inn: str, status: int) -> None:
    sandbox.autopilot(on=True)
    params, body = {"myBoxId": our_box(sandbox)}, {"BoxId": client_box(sandbox, inn)}
    response = sandbox.http.post("/edo/V3/AcquireCounteragent", params=params, json=body)
    assert response.status_code == status
    refusal = post_message(sandbox, build_message(sandbox, inn))
    assert error_of(refusal) == (409, "DiadocApi.Conflict")


def test_a_delivery_can_take_long(sandbox: Sandbox) -> None:
    message = send_contract(sandbox, SLOW_DELIVERY)
    key = skip_events(sandbox)
    statuses = ("SenderSignatureCheckedAndValid", "RecipientResponseStatusUnknown")
    assert get_statuses(sandbox, message) == statuses
    sandbox.clock(advance_seconds=3601)
    [event] = get_events(sandbox, key)
    assert event["Patch"]["MessageIsDelivered"] is True
    assert get_statuses(sandbox, message)[1] == "WaitingForRecipientSignature"


def test_a_delivery_can_fail(sandbox: Sandbox) -> None:
    message = send_contract(sandbox, DELIVERY_FAILS)
    event = get_events(sandbox)[-1]
    assert added_types(event) == ["DeliveryFailureNotification"]
    assert event["Patch"]["Entities"][0]["NotDeliveredEventId"] == message["MessageId"]
    assert "DeliveryTimestampTicks" not in get_document_info(sandbox, message)


@pytest.mark.parametrize(
    ("inn", "additions"),
    [
        (APPROVES, [["Signature"], ["Signature"]]),
        (REJECTS_BY_MESSAGE, [["UniversalMessage"]]),
        (REVOKES, [["Signature"], ["RevocationRequest", "Signature"]]),
    ],
)
def test_clients_answer_by_habit(sandbox: Sandbox, inn: str, additions: list[list[str]]) -> None:
    sandbox.autopilot(on=True)
    send_contract(sandbox, inn)
    skip_events(sandbox)
    _, _, *answers = get_events(sandbox)
    assert [added_types(event) for event in answers] == additions


def test_a_client_can_insist_on_the_document(sandbox: Sandbox) -> None:
    message = send_contract(sandbox, REJECTS_REVOCATION)
    skip_events(sandbox)
    post_patch(sandbox, build_revocation(sandbox, message))
    sandbox.autopilot(on=True)
    skip_events(sandbox)
    assert get_document_info(sandbox, message)["RevocationStatus"] == "RevocationRejected"
