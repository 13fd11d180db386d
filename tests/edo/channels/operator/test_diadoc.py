"""Diadoc's responses as they may come: codes, malformed bodies, times."""

import json
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from econtract.platform.common.errors import Refused, Unavailable
from econtract.platform.common.http import OutsideHttp
from econtract.platform.common.http_responses import OutsideResponse
from edo.channels.operator import diadoc
from edo.channels.operator.diadoc import DiadocGateway
from edo.channels.operator.diadoc_wire import (
    parse_recipient,
    parse_refusal_reason,
    parse_status,
    parse_ticks,
)
from edo.channels.operator.gateway import (
    OperatorRefusalCode,
    OutgoingDocument,
    RecipientBox,
    RecipientResponse,
    SenderSignatureStatus,
    SentDocument,
)

SENT = SentDocument("message", "document")
RECIPIENT = RecipientBox("org", "box", accepts_strangers=False)
DOCUMENT = OutgoingDocument(
    from_box_id="ours",
    to_box_id="theirs",
    custom_id=uuid.UUID("4f0c3bd2-54b0-43b8-8f2c-0f9c4f0f6a11"),
    shelf_name="x.pdf",
    signature=b"s",
    power_of_attorney=b"<p/>",
    power_of_attorney_signature=b"ps",
    file_name="850.pdf",
    number="850",
    dated=date(2026, 11, 21),
    kind="contract",
)

CALLS: list[Callable[[DiadocGateway], Any]] = [
    lambda gateway: gateway.find_recipient("7701001100", ""),
    lambda gateway: gateway.accepts_documents("ours", RECIPIENT),
    lambda gateway: gateway.ensure_partnership("ours", RECIPIENT),
    lambda gateway: gateway.upload_to_shelf("x.pdf", b"content"),
    lambda gateway: gateway.send(DOCUMENT, uuid.uuid4()),
    lambda gateway: gateway.get_status("ours", SENT),
    lambda gateway: gateway.fetch_events("ours", "", 100),
    lambda gateway: gateway.fetch_package("ours", SENT),
    lambda gateway: gateway.fetch_protocol("ours", SENT),
]


@pytest.fixture
def response(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The response to every call: `status` and `body`, or an `error`. Records the `calls`."""
    planned: dict[str, Any] = {"status": 200, "body": {}, "error": None, "calls": []}

    def request(self: OutsideHttp, method: str, path: str, **call: Any) -> OutsideResponse:
        planned["calls"].append((method, path, call))
        if planned["error"]:
            raise planned["error"]
        body = json.dumps(planned["body"]).encode()
        return OutsideResponse("edo", planned["status"], {"Retry-After": "3"}, body)

    monkeypatch.setattr(OutsideHttp, "request", request)
    diadoc._organisation_ids.clear()
    return planned


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "body",
    [None, [], {}, 5, "text", {"Organizations": [{}]}, {"Events": [{}]}, {"Entities": None}],
)
def test_a_malformed_response_means_unavailable(
    response: dict[str, Any], call: Callable[[DiadocGateway], Any], body: Any
) -> None:
    response["body"] = body
    try:
        call(DiadocGateway())
    except Unavailable:
        return
    # The shelf answers which parts are missing. Nothing is missing: a good response.
    assert response["calls"][0][1] == "/V2/ShelfUpload"
    assert not body


@pytest.mark.parametrize(
    "call",
    [
        lambda gateway: gateway.send(DOCUMENT, uuid.uuid4()),
        lambda gateway: gateway.fetch_package("ours", SENT),
    ],
)
def test_an_operation_still_running_is_retried_later(
    response: dict[str, Any], call: Callable[[DiadocGateway], Any]
) -> None:
    response["status"] = 204
    with pytest.raises(Unavailable) as caught:
        call(DiadocGateway())
    assert caught.value.retry_after == 3


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Sociability.StrangersForbidden", OperatorRefusalCode.STRANGER_FORBIDDEN),
        ("Counteragent.StrangersForbidden", OperatorRefusalCode.STRANGER_FORBIDDEN),
        ("Organization.NotFound", OperatorRefusalCode.NO_BOX),
        ("PowerOfAttorney.ExactlyOne", OperatorRefusalCode.POWER_OF_ATTORNEY_INVALID),
        ("PowerOfAttorney.Whatever", OperatorRefusalCode.POWER_OF_ATTORNEY_INVALID),
        ("Document.AlreadySigned", OperatorRefusalCode.ALREADY_SIGNED),
        ("Content.TooLarge", OperatorRefusalCode.TOO_LARGE),
        ("http_402", OperatorRefusalCode.REJECTED),
        ("Something.New", OperatorRefusalCode.REJECTED),
    ],
)
def test_the_operators_codes_are_translated(
    response: dict[str, Any], theirs: str, ours: str
) -> None:
    response["error"] = Refused("edo", theirs, "text")
    with pytest.raises(Refused) as caught:
        DiadocGateway().send(DOCUMENT, uuid.uuid4())
    assert caught.value.code == ours
    assert theirs in str(caught.value.__cause__)


def test_a_document_is_sent_as_the_protocol_requires(response: dict[str, Any]) -> None:
    operation = uuid.uuid4()
    response["body"] = {
        "MessageId": "m",
        "Entities": [
            {"EntityId": "other", "DocumentInfo": {"CustomDocumentId": None}},
            {"EntityId": "d", "DocumentInfo": {"CustomDocumentId": str(DOCUMENT.custom_id)}},
        ],
    }
    assert DiadocGateway().send(DOCUMENT, operation) == SentDocument("m", "d")
    method, path, call = response["calls"][-1]
    assert (method, path) == ("POST", "/V3/PostMessage")
    assert call["params"] == {"operationId": str(operation)}
    attachment = call["json"]["DocumentAttachments"][0]
    assert attachment["TypeNamedId"] == "Contract"
    assert attachment["NeedRecipientSignature"] is True
    assert {"Key": "DocumentDate", "Value": "21.11.2026"} in attachment["Metadata"]
    power = attachment["SignedContent"]["PowerOfAttorney"]
    assert power["Contents"] == [
        {"Content": {"Content": "PHAvPg=="}, "Signature": {"Content": "cHM="}}
    ]
    assert "FullId" not in power
    assert "UseDefault" not in power


def message(**info: Any) -> dict[str, Any]:
    defaults = {
        "SenderSignatureStatus": "SenderSignatureCheckedAndValid",
        "RecipientResponseStatus": "WaitingForRecipientSignature",
        "RevocationStatus": "RevocationStatusNone",
        "DeliveryTimestampTicks": 639_000_000_000_000_000,
    }
    document = {
        "EntityId": "document",
        "EntityType": "Attachment",
        "DocumentInfo": {**defaults, **info},
    }
    return {"FromBoxId": "ours", "ToBoxId": "theirs", "Entities": [document]}


def signature(box_id: str, **more: Any) -> dict[str, Any]:
    return {
        "EntityId": f"signature of {box_id}",
        "EntityType": "Signature",
        "ParentEntityId": "document",
        "SignerBoxId": box_id,
        **more,
    }


@pytest.mark.parametrize("name", ["UnknownSenderSignatureStatus", "WaitingForSenderSignature"])
def test_a_signature_not_checked_yet_is_pending(name: str) -> None:
    status = parse_status(message(SenderSignatureStatus=name), "document")
    assert status.sender_signature == SenderSignatureStatus.PENDING


@pytest.mark.parametrize("name", ["RecipientResponseStatusUnknown", "SomethingNew"])
def test_an_unknown_response_is_no_response(name: str) -> None:
    status = parse_status(message(RecipientResponseStatus=name), "document")
    assert status.response == RecipientResponse.NONE


def test_the_display_status_is_ignored() -> None:
    body = message(DocflowStatus={"PrimaryStatus": {"StatusText": "Подписан контрагентом"}})
    assert parse_status(body, "document").response == RecipientResponse.NONE


@pytest.mark.parametrize(
    ("power", "attached", "valid"),
    [
        ({}, False, True),
        ({"PowerOfAttorneyAttachmentStatus": None}, False, True),
        (
            {"PowerOfAttorneyAttachmentStatus": {"StatusName": "PowerOfAttorneyRequired"}},
            False,
            True,
        ),
        (
            {
                "PowerOfAttorneyAttachmentStatus": {"StatusName": "PowerOfAttorneyAttached"},
                "PowerOfAttorney": {"Status": {"StatusNamedId": "CanNotBeValidated"}},
            },
            True,
            True,
        ),
        (
            {
                "PowerOfAttorneyAttachmentStatus": {"StatusName": "PowerOfAttorneyAttached"},
                "PowerOfAttorney": {"Status": {"StatusNamedId": "IsNotValid"}},
            },
            True,
            False,
        ),
    ],
)
def test_the_power_of_attorney_is_that_of_our_signature(
    power: dict[str, Any], attached: bool, valid: bool
) -> None:
    body = message()
    body["Entities"] += [signature("ours", **power), signature("theirs")]
    status = parse_status(body, "document")
    assert (status.is_power_attached, status.is_power_valid) == (attached, valid)


def test_the_last_signature_of_the_recipient_counts() -> None:
    body = message(RecipientResponseStatus="WithRecipientSignature")
    first = {**signature("theirs"), "EntityId": "first"}
    last = {**signature("theirs"), "EntityId": "last", "RawCreationDate": 639_000_000_000_000_000}
    stranger = {**signature("theirs"), "EntityId": "of another", "ParentEntityId": "other"}
    body["Entities"] += [signature("ours"), first, last, stranger]
    status = parse_status(body, "document")
    assert status.recipient_signature_id == "last"
    assert status.recipient_signed_at == datetime(2025, 11, 29, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("ticks", [None, 0, -5, "639", 1.5])
def test_invalid_ticks_are_no_time(ticks: Any) -> None:
    assert parse_ticks(ticks) is None


@pytest.mark.parametrize("xml", [b"", b"<a>", b"<a/>", b"<!DOCTYPE a><a>1</a>", b"\x00"])
def test_an_unreadable_refusal_has_no_reason(xml: bytes) -> None:
    assert parse_refusal_reason(xml) == ""


def test_the_active_head_office_with_a_box_is_preferred() -> None:
    def organisation(name: str, **more: Any) -> dict[str, Any]:
        return {"OrgId": name, "IsActive": True, "Boxes": [{"BoxId": f"{name} box"}], **more}

    recipient = parse_recipient(
        [
            organisation("gone", IsActive=False),
            organisation("boxless", Boxes=[]),
            organisation("branch", IsBranch=True),
            organisation("head"),
        ]
    )
    assert recipient == RecipientBox("head", "head box", accepts_strangers=True)
