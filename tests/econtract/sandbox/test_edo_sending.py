"""The ЭДО operator: organisations and sending documents."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support.sandbox import (
    NO_BOX,
    Sandbox,
)
from tests.support.sandbox_edo import (
    PDF,
    added_types,
    b64,
    build_message,
    error_of,
    get_document_info,
    get_events,
    get_statuses,
    post_message,
    send_contract,
    skip_events,
    upload_to_shelf,
)

MALFORMED = (400, "DiadocApi.BadRequest")


def test_our_organisation_has_a_head_office_and_a_branch_for_each_macro_region(
    sandbox: Sandbox,
) -> None:
    organisations = sandbox.get("/edo/GetMyOrganizations").json()["Organizations"]
    assert [row["IsBranch"] for row in organisations] == [False] + [True] * 7
    assert {row["Inn"] for row in organisations} == {"7707049388"}
    assert len({row["Boxes"][0]["BoxIdGuid"] for row in organisations}) == 8


def test_a_client_without_a_box_is_not_found(sandbox: Sandbox) -> None:
    response = sandbox.get("/edo/GetOrganizationsByInnKpp", inn=NO_BOX)
    assert response.json() == {"Organizations": []}


def test_a_validly_signed_document_is_delivered(sandbox: Sandbox) -> None:
    after = skip_events(sandbox)
    message = send_contract(sandbox)
    info = message["Entities"][0]["DocumentInfo"]
    assert info["SenderSignatureStatus"] == "SenderSignatureUnchecked"
    first, second = get_events(sandbox, after)
    assert first["Message"]["MessageId"] == message["MessageId"]
    assert second["Patch"]["MessageIsDelivered"] is True
    assert second["Patch"]["Entities"] == []
    statuses = ("SenderSignatureCheckedAndValid", "WaitingForRecipientSignature")
    assert get_statuses(sandbox, message) == statuses
    assert get_document_info(sandbox, message)["DeliveryTimestampTicks"]
    assert [entry["action"] for entry in sandbox.journal("edo")] == ["sent", "delivered"]


def test_events_are_snapshots_and_the_feed_continues_after_a_key(sandbox: Sandbox) -> None:
    after = skip_events(sandbox)
    message = send_contract(sandbox)
    sandbox.edo_sign(message["MessageId"])
    [first] = get_events(sandbox, after, limit=1)
    info = first["Message"]["Entities"][0]["DocumentInfo"]
    assert info["RecipientResponseStatus"] == "RecipientResponseStatusUnknown"
    rest = get_events(sandbox, first["IndexKey"])
    assert [added_types(event) for event in rest] == [[], ["Signature"]]
    assert get_events(sandbox, rest[-1]["IndexKey"]) == []


def test_a_repeated_operation_returns_the_first_response(sandbox: Sandbox) -> None:
    operation, body = str(uuid.uuid4()), build_message(sandbox)
    first, second = (
        post_message(sandbox, body, operation),
        post_message(sandbox, body, operation.upper()),
    )
    assert first.json() == second.json()
    [entry] = sandbox.journal("edo", action="sent")
    assert (entry["key"], entry["repeats"]) == (operation, 1)


def test_parallel_calls_of_one_operation_send_once(sandbox: Sandbox) -> None:
    operation, body = str(uuid.uuid4()), build_message(sandbox)
    with ThreadPoolExecutor(8) as pool:
        responses = list(pool.map(lambda _: post_message(sandbox, body, operation), range(8)))
    assert {response.status_code for response in responses} <= {200, 204}
    assert all(
        "Retry-After" in response.headers for response in responses if response.status_code == 204
    )
    assert len(sandbox.journal("edo", action="sent")) == 1


def test_a_failed_operation_can_be_retried(sandbox: Sandbox) -> None:
    operation, body = str(uuid.uuid4()), build_message(sandbox)
    wrong = {**body, "ToBoxId": str(uuid.uuid4())}
    assert error_of(post_message(sandbox, wrong, operation)) == (404, "DiadocApi.NotFound")
    assert post_message(sandbox, body, operation).status_code == 200


def test_a_document_is_not_sent_twice_under_two_operations(sandbox: Sandbox) -> None:
    body = build_message(sandbox)
    assert post_message(sandbox, body).status_code == 200
    assert error_of(post_message(sandbox, body)) == (409, "DiadocApi.Conflict")


def test_sending_from_another_companys_box_is_forbidden(sandbox: Sandbox) -> None:
    body = build_message(sandbox)
    body["FromBoxId"] = body["ToBoxId"]
    assert error_of(post_message(sandbox, body)) == (403, "DiadocApi.Forbidden")


@pytest.mark.parametrize(
    "change",
    [
        {"DocumentAttachments": []},
        {"DocumentAttachments": [1]},
        {"DocumentAttachments": None},
        {"FromBoxId": 5},
        {"LockMode": "Maybe"},
        {"ToDepartmentId": str(uuid.uuid4())},
    ],
)
def test_a_malformed_message_is_refused(sandbox: Sandbox, change: Any) -> None:
    assert error_of(post_message(sandbox, build_message(sandbox) | change)) == MALFORMED


def test_a_supplementary_agreement_names_its_contract(sandbox: Sandbox) -> None:
    body = build_message(sandbox)
    attachment = body["DocumentAttachments"][0]
    attachment["TypeNamedId"] = "SupplementaryAgreement"
    refusal = post_message(sandbox, body)
    assert error_of(refusal) == MALFORMED
    assert "ContractNumber, ContractDate" in refusal.text
    attachment["Metadata"] += [
        {"Key": "ContractNumber", "Value": "1"},
        {"Key": "ContractDate", "Value": "01.11.2026"},
    ]
    assert post_message(sandbox, body).status_code == 200


def test_more_than_40_documents_are_refused(sandbox: Sandbox) -> None:
    body = build_message(sandbox)
    body["DocumentAttachments"] *= 41
    assert error_of(post_message(sandbox, body)) == MALFORMED


def test_a_large_document_is_sent_through_the_shelf(sandbox: Sandbox) -> None:
    content = PDF + b"0" * 600_000
    signature = b64(sandbox.signature("signer-ivanova", content))
    assert error_of(
        post_message(sandbox, build_message(sandbox, content=content, Signature=signature))
    ) == (
        413,
        "DiadocApi.RequestEntityTooLarge",
    )
    name = upload_to_shelf(sandbox, content)
    message = send_contract(sandbox, Content=None, NameOnShelf=name, Signature=signature)
    assert message["Entities"][0]["Content"]["Size"] == len(content)
