"""The status of a document as Diadoc's `Message` gives it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from edo.channels.operator.diadoc.messages import parse_ticks
from edo.channels.operator.diadoc.statuses import (
    find_stamped_signature,
    parse_reason,
    parse_signature_verdict,
    parse_status,
)
from edo.channels.operator.values import (
    DocumentRevocation,
    PowerStatus,
    RecipientResponse,
    SenderSignatureStatus,
)

TICKS = 639_000_000_000_000_000
AT = datetime(2025, 11, 29, 8, 0, tzinfo=UTC)


def message(*entities: dict[str, Any], **info: Any) -> dict[str, Any]:
    defaults = {
        "SenderSignatureStatus": "SenderSignatureCheckedAndValid",
        "RecipientResponseStatus": "WaitingForRecipientSignature",
        "RevocationStatus": "RevocationStatusNone",
        "DeliveryTimestampTicks": TICKS,
    }
    document = {
        "EntityId": "document",
        "EntityType": "Attachment",
        "DocumentInfo": {**defaults, **info},
    }
    return {"FromBoxId": "ours", "ToBoxId": "theirs", "Entities": [document, *entities]}


def signature(box_id: str, **more: Any) -> dict[str, Any]:
    return {
        "EntityId": f"signature of {box_id}",
        "EntityType": "Signature",
        "ParentEntityId": "document",
        "SignerBoxId": box_id,
        **more,
    }


def attachment(kind: str, parent: str, **more: Any) -> dict[str, Any]:
    return {
        "EntityId": kind,
        "EntityType": "Attachment",
        "AttachmentType": kind,
        "ParentEntityId": parent,
        **more,
    }


def power(status: str, kind: str = "PowerOfAttorney", **more: Any) -> dict[str, Any]:
    parent = "signature of ours" if kind == "PowerOfAttorney" else "PowerOfAttorney"
    info = {"FullId": {}, "Status": {"Severity": "Info", "StatusNamedId": status}}
    return attachment(kind, parent, PowerOfAttorneyInfo=info, **more)


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
    ("name", "status"),
    [
        ("RevocationIsRequestedByMe", DocumentRevocation.REQUESTED_BY_US),
        ("RequestsMyRevocation", DocumentRevocation.REQUESTED_BY_CLIENT),
        ("RevocationAccepted", DocumentRevocation.REVOKED),
        ("RevocationRejected", DocumentRevocation.REJECTED),
        ("UnknownRevocationStatus", DocumentRevocation.NONE),
        (None, DocumentRevocation.NONE),
    ],
)
def test_a_revocation_is_told_from_a_request(name: str | None, status: DocumentRevocation) -> None:
    assert parse_status(message(RevocationStatus=name), "document").revocation == status


# --- Our power of attorney -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("PowerOfAttorneyAttached", PowerStatus.UNCHECKED),
        ("PowerOfAttorneyNotRequired", PowerStatus.UNCHECKED),
        ("PowerOfAttorneyRequired", PowerStatus.NOT_ATTACHED),
        ("Unknown", PowerStatus.PENDING),
        (None, PowerStatus.PENDING),
    ],
)
def test_whether_the_power_of_attorney_is_attached(name: str | None, status: PowerStatus) -> None:
    attached = {"StatusName": name} if name else None
    ours = signature("ours", PowerOfAttorneyAttachmentStatus=attached)
    assert parse_status(message(ours, signature("theirs")), "document").power == status


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("IsValid", PowerStatus.VALID),
        ("IsNotValid", PowerStatus.INVALID),
        ("HasWarnings", PowerStatus.WARNINGS),
        ("ValidationError", PowerStatus.UNCHECKED),
        ("CanNotBeValidated", PowerStatus.UNCHECKED),
        ("UnknownStatus", PowerStatus.UNCHECKED),
    ],
)
def test_the_check_of_the_power_of_attorney(name: str, status: PowerStatus) -> None:
    body = message(signature("ours"), power(name))
    assert parse_status(body, "document").power == status


def test_a_later_check_of_the_power_of_attorney_counts() -> None:
    changes = [
        power("HasWarnings", "PowerOfAttorneyStatus", EntityId="b", RawCreationDate=2),
        power("IsNotValid", "PowerOfAttorneyStatus", EntityId="c", RawCreationDate=3),
    ]
    body = message(signature("ours"), power("UnknownStatus"), *changes)
    assert parse_status(body, "document").power == PowerStatus.INVALID


def test_the_clients_power_of_attorney_is_not_ours() -> None:
    theirs = attachment(
        "PowerOfAttorney",
        "signature of theirs",
        PowerOfAttorneyInfo={"Status": {"StatusNamedId": "IsNotValid"}},
    )
    body = message(signature("ours"), signature("theirs"), theirs)
    status = parse_status(body, "document")
    assert status.power == PowerStatus.PENDING
    assert status.recipient_power_id == "PowerOfAttorney"


# --- The client's signature ----------------------------------------------------------------------


def test_the_last_signature_of_the_recipient_counts() -> None:
    first = signature("theirs", EntityId="first")
    last = signature("theirs", EntityId="last", RawCreationDate=TICKS)
    stranger = signature("theirs", EntityId="of another", ParentEntityId="other")
    body = message(
        signature("ours"), first, last, stranger, RecipientResponseStatus="WithRecipientSignature"
    )
    status = parse_status(body, "document")
    assert (status.recipient_signature_id, status.recipient_signed_at) == ("last", AT)
    assert status.is_signed


def test_an_approval_is_no_signature() -> None:
    approval = signature("theirs", EntityId="approval", IsApprovementSignature=True)
    body = message(signature("theirs"), approval)
    assert parse_status(body, "document").recipient_signature_id == "signature of theirs"
    assert parse_status(message(approval), "document").recipient_signature_id == ""


def test_a_stamped_signature_hangs_below_the_original_or_replaces_it() -> None:
    stamped = signature("theirs", EntityId="stamped", ParentEntityId="signature of theirs")
    body = message(signature("theirs"), stamped)
    assert parse_status(body, "document").recipient_signature_id == "signature of theirs"
    assert find_stamped_signature(body, "document") == "stamped"
    replaced = message(signature("ours"), signature("theirs"))
    assert find_stamped_signature(replaced, "document") == "signature of theirs"
    assert find_stamped_signature(message(signature("ours")), "document") == ""


def test_boxes_may_be_named_by_either_id() -> None:
    guid = "2a20f3a0-9d3f-4c4c-8f2f-111111111111"
    body = message(signature(f"{guid.replace('-', '')}@diadoc.ru"))
    body["ToBoxId"] = guid
    assert parse_status(body, "document").recipient_signature_id


def test_signing_with_reservations_is_told_apart() -> None:
    body = message(RecipientResponseStatus="WithRecipientPartiallySignature")
    assert parse_status(body, "document").response == RecipientResponse.SIGNED_PARTIALLY


def test_a_report_of_errors_concerns_its_signature() -> None:
    report = attachment("SignatureVerificationReport", "signature of theirs")
    assert parse_status(message(signature("theirs"), report), "document").has_error_report
    other = attachment("SignatureVerificationReport", "signature of ours")
    assert not parse_status(message(signature("theirs"), other), "document").has_error_report


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ({}, None),
        ({"SignatureVerificationResult": None}, None),
        ({"SignatureVerificationResult": {"IsValid": True}}, True),
        ({"SignatureVerificationResult": {"IsValid": False}}, False),
        (
            {
                "SignatureVerificationResult": {
                    "IsValid": True,
                    "CertificateStatus": {"IsValid": False},
                }
            },
            False,
        ),
    ],
)
def test_the_operators_verdict(body: dict[str, Any], verdict: bool | None) -> None:
    assert parse_signature_verdict(body) is verdict


# --- Refusals ------------------------------------------------------------------------------------


def test_a_refusal_may_have_three_forms() -> None:
    xml = attachment("XmlSignatureRejection", "document")
    assert parse_status(message(xml), "document").refusal_id == "XmlSignatureRejection"
    request = attachment("SignatureRequestRejection", "document")
    assert parse_status(message(request), "document").refusal_id == "SignatureRequestRejection"
    events = [{"StatusCode": 5, "PlainText": " Не та "}, {"StatusCode": 6}, {"PlainText": "цена"}]
    universal = attachment(
        "UniversalMessage",
        "document",
        UniversalMessageInfo={"CodeGroup": "Rejection", "Events": events},
    )
    status = parse_status(message(universal), "document")
    assert (status.refusal_id, status.refusal_text) == ("UniversalMessage", "Не та цена")
    receipt = attachment(
        "UniversalMessage", "document", UniversalMessageInfo={"CodeGroup": "Receipt"}
    )
    assert parse_status(message(receipt), "document").refusal_id == ""


@pytest.mark.parametrize("xml", [b"", b"<a>", b"<a/>", b"<!DOCTYPE a><a>1</a>"])
def test_an_unreadable_refusal_has_no_reason(xml: bytes) -> None:
    assert parse_reason(xml) == ""


def test_the_reason_is_read_from_xml_and_from_text() -> None:
    xml = (
        '<?xml version="1.0" encoding="windows-1251"?><Файл><Документ><СвУведУточ>'
        "<ТекстУведУточ>Не та  цена</ТекстУведУточ></СвУведУточ></Документ></Файл>"
    )
    assert parse_reason(xml.encode("cp1251")) == "Не та цена"
    assert parse_reason("Не та цена\n".encode()) == "Не та цена"
    assert len(parse_reason(b"x" * 5000)) == 900


# --- Delivery and roaming ------------------------------------------------------------------------


def test_a_failed_delivery_is_found() -> None:
    notice = attachment("DeliveryFailureNotification", "document")
    status = parse_status(message(notice, DeliveryTimestampTicks=None), "document")
    assert status.delivery_failure_id == "DeliveryFailureNotification"
    # What could not be delivered later, such as a revocation, fails no delivered document.
    assert parse_status(message(notice), "document").delivery_failure_id == ""


def test_an_error_of_roaming_has_its_text() -> None:
    body = message(
        RoamingNotificationStatus="RoamingNotificationStatusError",
        RoamingNotificationStatusDescription="Абонент не найден",
        DeliveryTimestampTicks=0,
    )
    assert parse_status(body, "document").delivery_failure.endswith("Абонент не найден")
    sending = {"StatusNamedId": "SendingError", "Errors": [{"Code": "1", "Text": "Нет роуминга"}]}
    body = message(
        DocflowStatus={"GeneralRoamingSendingStatus": sending}, DeliveryTimestampTicks=None
    )
    assert parse_status(body, "document").delivery_failure.endswith("Нет роуминга")


@pytest.mark.parametrize("ticks", [None, 0, -5, "x", 1.5, True, 10**30])
def test_invalid_ticks_are_no_time(ticks: Any) -> None:
    assert parse_ticks(ticks) is None


def test_ticks_may_be_text() -> None:
    assert parse_ticks(str(TICKS)) == parse_ticks(TICKS) == AT
