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
    b64,
    build_message,
    error_of,
    get_events,
    post_message,
    send_contract,
    skip_events,
    statuses_of,
    upload_to_shelf,
)


def test_our_organisation_has_a_head_office_and_a_branch_for_each_macro_region(
    sandbox: Sandbox,
) -> None:
    organisations = sandbox.get("/edo/GetMyOrganizations").json()["Organizations"]
    assert [row["IsBranch"] for row in organisations] == [False] + [True] * 7
    assert {row["Inn"] for row in organisations} == {"7707049388"}
    assert len({row["Boxes"][0]["BoxId"] for row in organisations}) == 8


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
    assert statuses_of(second) == ("SenderSignatureCheckedAndValid", "WaitingForRecipientSignature")
    assert second["Patch"]["Entities"][0]["DocumentInfo"]["DeliveryTimestampTicks"]
    assert [entry["action"] for entry in sandbox.journal("edo")] == ["sent", "delivered"]


def test_events_are_snapshots_and_the_feed_continues_after_a_key(sandbox: Sandbox) -> None:
    after = skip_events(sandbox)
    message = send_contract(sandbox)
    sandbox.edo_sign(message["MessageId"])
    [first] = get_events(sandbox, after, limit=1)
    info = first["Message"]["Entities"][0]["DocumentInfo"]
    assert info["RecipientResponseStatus"] == "RecipientResponseStatusUnknown"
    rest = get_events(sandbox, first["IndexKey"])
    assert [statuses_of(event)[1] for event in rest] == [
        "WaitingForRecipientSignature",
        "WithRecipientSignature",
    ]
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
    assert error_of(post_message(sandbox, wrong, operation)) == (400, "Box.NotFound")
    assert post_message(sandbox, body, operation).status_code == 200


def test_a_document_is_not_sent_twice_under_two_operations(sandbox: Sandbox) -> None:
    body = build_message(sandbox)
    assert post_message(sandbox, body).status_code == 200
    assert error_of(post_message(sandbox, body)) == (409, "Message.Duplicate")


def test_sending_from_another_companys_box_is_forbidden(sandbox: Sandbox) -> None:
    body = build_message(sandbox)
    body["FromBoxId"] = body["ToBoxId"]
    assert error_of(post_message(sandbox, body)) == (403, "Box.Forbidden")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"DocumentAttachments": []}, "Request.Malformed"),
        ({"DocumentAttachments": [1]}, "Request.Malformed"),
        ({"DocumentAttachments": None}, "Request.Malformed"),
        ({"FromBoxId": 5}, "Request.Malformed"),
        ({"LockMode": "Maybe"}, "Request.Malformed"),
    ],
)
def test_a_malformed_message_is_refused(sandbox: Sandbox, change: Any, code: str) -> None:
    assert error_of(post_message(sandbox, build_message(sandbox) | change)) == (400, code)


def test_more_than_40_documents_are_refused(sandbox: Sandbox) -> None:
    body = build_message(sandbox)
    body["DocumentAttachments"] *= 41
    assert error_of(post_message(sandbox, body)) == (400, "Request.Malformed")


def test_a_large_document_is_sent_through_the_shelf(sandbox: Sandbox) -> None:
    content = PDF + b"0" * 600_000
    signature = b64(sandbox.signature("signer-ivanova", content))
    assert error_of(
        post_message(sandbox, build_message(sandbox, content=content, Signature=signature))
    ) == (
        400,
        "Content.TooLarge",
    )
    name = upload_to_shelf(sandbox, content)
    message = send_contract(sandbox, Content=None, NameOnShelf=name, Signature=signature)
    assert message["Entities"][0]["Content"]["Size"] == len(content)
