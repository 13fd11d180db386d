"""What a `Message` of Diadoc says about one document of it. No calls, no state."""

from collections.abc import Iterable
from typing import Any

from edo.channels.operator.diadoc.messages import parse_ticks
from edo.channels.operator.diadoc.organisations import to_box_guid
from edo.channels.operator.values import (
    DocumentRevocation,
    DocumentStatus,
    PowerStatus,
    RecipientResponse,
    SenderSignatureStatus,
)
from edo.safe_xml import parse_xml

DiadocJson = dict[str, Any]

SENDER_SIGNATURE_STATUSES = {
    "SenderSignatureCheckedAndValid": SenderSignatureStatus.VALID,
    "SenderSignatureCheckedAndInvalid": SenderSignatureStatus.INVALID,
}
RECIPIENT_RESPONSES = {
    "WithRecipientSignature": RecipientResponse.SIGNED,
    "WithRecipientPartiallySignature": RecipientResponse.SIGNED_PARTIALLY,
    "InvalidRecipientSignature": RecipientResponse.SIGNED_INVALID,
    "RecipientSignatureRequestRejected": RecipientResponse.REFUSED,
}
REVOCATION_STATUSES = {
    "RevocationIsRequestedByMe": DocumentRevocation.REQUESTED_BY_US,
    "RequestsMyRevocation": DocumentRevocation.REQUESTED_BY_CLIENT,
    "RevocationAccepted": DocumentRevocation.REVOKED,
    "RevocationRejected": DocumentRevocation.REJECTED,
}
# The verdicts of the operator's check. With any other status it has none, or none yet.
POWER_STATUSES = {
    "IsValid": PowerStatus.VALID,
    "HasWarnings": PowerStatus.WARNINGS,
    "IsNotValid": PowerStatus.INVALID,
}
POWER_ATTACHED = "PowerOfAttorneyAttached"
POWER_NOT_REQUIRED = "PowerOfAttorneyNotRequired"
POWER_REQUIRED = "PowerOfAttorneyRequired"
REFUSAL_TYPES = frozenset({"XmlSignatureRejection", "SignatureRequestRejection"})
# Universal messages (универсальные сообщения) that refuse the document.
REFUSING_GROUPS = frozenset({"Rejection", "AmendmentRequest"})
DELIVERY_FAILURE = "DeliveryFailureNotification"
ROAMING_ERROR = "RoamingNotificationStatusError"
SENDING_ERROR = "SendingError"
ROAMING_FAILURE = "Оператор ЭДО клиента не принял документ из роуминга."
# The element with the reason in the notice of correction (УведУточ) of the tax service's format.
REASON_ELEMENT = "ТекстУведУточ"
MAX_REASON_LENGTH = 900


def parse_status(message: DiadocJson, document_id: str) -> DocumentStatus:
    """The status of one document of a `Message`."""
    entities = message["Entities"]
    document = next(item for item in entities if item["EntityId"] == document_id)
    info = document["DocumentInfo"]
    signatures = _select_signatures(entities, {document_id})
    ours = _select_signed_in(signatures, message["FromBoxId"])
    theirs = _select_signed_in(signatures, message.get("ToBoxId") or "")
    signature = theirs[-1] if theirs else {}
    power = _find_child(entities, signature.get("EntityId"), "PowerOfAttorney")
    delivered_at = parse_ticks(info.get("DeliveryTimestampTicks"))
    failure_id, failure = ("", "") if delivered_at else _parse_delivery_failure(entities, info)
    refusal_id, refusal_text = _parse_refusal(entities, document_id)
    return DocumentStatus(
        sender_signature=SENDER_SIGNATURE_STATUSES.get(
            info["SenderSignatureStatus"], SenderSignatureStatus.PENDING
        ),
        power=_parse_power_status(entities, ours),
        delivered_at=delivered_at,
        response=RECIPIENT_RESPONSES.get(info["RecipientResponseStatus"], RecipientResponse.NONE),
        revocation=REVOCATION_STATUSES.get(info.get("RevocationStatus"), DocumentRevocation.NONE),
        delivery_failure=failure,
        delivery_failure_id=failure_id,
        recipient_signature_id=signature.get("EntityId", ""),
        recipient_signed_at=parse_ticks(signature.get("RawCreationDate")),
        recipient_power_id=power["EntityId"] if power else "",
        recipient_power=_parse_power_status(entities, theirs),
        has_error_report=bool(
            _find_child(entities, signature.get("EntityId"), "SignatureVerificationReport")
        ),
        refusal_id=refusal_id,
        refusal_text=refusal_text,
    )


def find_stamped_signature(message: DiadocJson, document_id: str) -> str:
    """The entity of the client's signature with the operator's time stamp, "" without one.

    It takes the place of the original, or has the original as its parent.
    """
    entities, box_id = message["Entities"], message.get("ToBoxId") or ""
    direct = _select_signed_in(_select_signatures(entities, {document_id}), box_id)
    originals = {item["EntityId"] for item in direct}
    stamped = _select_signed_in(_select_signatures(entities, originals), box_id)
    candidates = stamped or direct
    return candidates[-1]["EntityId"] if candidates else ""


def parse_signature_verdict(body: DiadocJson) -> bool | None:
    """The operator's verdict in `SignatureInfo`; None when it has not checked the signature."""
    result = body.get("SignatureVerificationResult")
    if not result:
        return None
    certificate = result.get("CertificateStatus") or {"IsValid": True}
    return bool(result["IsValid"] and certificate["IsValid"])


def parse_reason(content: bytes) -> str:
    """The reason in the XML or the text of a refusal; empty when it has none.

    Older refusals and failures of delivery are plain text in UTF-8.
    """
    try:
        root = parse_xml(content)
    except ValueError:
        return "" if content.lstrip()[:1] == b"<" else _shorten(content.decode(errors="replace"))
    elements = root.iter(f"{{*}}{REASON_ELEMENT}")
    texts = (_shorten("".join(map(str, element.itertext()))) for element in elements)
    return next(filter(None, texts), "")


def _select_signatures(entities: Iterable[DiadocJson], parent_ids: set[str]) -> list[DiadocJson]:
    """The signatures of those parents, without approvals."""
    return [
        item
        for item in entities
        if item.get("EntityType") == "Signature"
        and not item.get("IsApprovementSignature")
        and item.get("ParentEntityId") in parent_ids
    ]


def _select_signed_in(signatures: Iterable[DiadocJson], box_id: str) -> list[DiadocJson]:
    box = to_box_guid(box_id)
    return [item for item in signatures if to_box_guid(item.get("SignerBoxId") or "") == box]


def _find_child(
    entities: Iterable[DiadocJson], parent_id: str | None, attachment_type: str
) -> DiadocJson | None:
    """The newest attachment of that type whose parent it is."""
    children = [
        item
        for item in entities
        if parent_id
        and item.get("ParentEntityId") == parent_id
        and item.get("AttachmentType") == attachment_type
    ]
    return max(children, key=lambda item: str(item.get("RawCreationDate") or ""), default=None)


def _parse_power_status(entities: list[DiadocJson], signatures: list[DiadocJson]) -> PowerStatus:
    """The check of the power of attorney of one side's signatures.

    Its entity has the first status, later ones are entities below it.
    """
    for signature in signatures:
        power = _find_child(entities, signature["EntityId"], "PowerOfAttorney")
        if power is not None:
            change = _find_child(entities, power["EntityId"], "PowerOfAttorneyStatus")
            return POWER_STATUSES.get(_get_power_status(change or power), PowerStatus.UNCHECKED)
    attachments = {_get_attachment_status(item) for item in signatures}
    if attachments & {POWER_ATTACHED, POWER_NOT_REQUIRED}:
        return PowerStatus.UNCHECKED
    return PowerStatus.NOT_ATTACHED if POWER_REQUIRED in attachments else PowerStatus.PENDING


def _get_attachment_status(signature: DiadocJson) -> str:
    return str((signature.get("PowerOfAttorneyAttachmentStatus") or {}).get("StatusName", ""))


def _get_power_status(entity: DiadocJson) -> str:
    status = (entity.get("PowerOfAttorneyInfo") or {}).get("Status") or {}
    return str(status.get("StatusNamedId", ""))


def _parse_delivery_failure(entities: Iterable[DiadocJson], info: DiadocJson) -> tuple[str, str]:
    """The entity that says why the document was not delivered, and the text if there is one."""
    if info.get("RoamingNotificationStatus") == ROAMING_ERROR:
        description = _shorten(info.get("RoamingNotificationStatusDescription") or "")
        return "", f"{ROAMING_FAILURE} {description}".strip()
    sending = (info.get("DocflowStatus") or {}).get("GeneralRoamingSendingStatus") or {}
    if sending.get("StatusNamedId") == SENDING_ERROR:
        errors = " ".join(error["Text"] for error in sending.get("Errors") or [])
        return "", f"{ROAMING_FAILURE} {_shorten(errors)}".strip()
    failures = [item for item in entities if item.get("AttachmentType") == DELIVERY_FAILURE]
    return (failures[-1]["EntityId"] if failures else ""), ""


def _parse_refusal(entities: Iterable[DiadocJson], document_id: str) -> tuple[str, str]:
    """The entity of the client's refusal, and its reason where the operator gives it at once."""
    refusal_id, text = "", ""
    for item in entities:
        if item.get("ParentEntityId") != document_id:
            continue
        if item.get("AttachmentType") in REFUSAL_TYPES:
            refusal_id, text = item["EntityId"], ""
        elif item.get("AttachmentType") == "UniversalMessage":
            universal = item.get("UniversalMessageInfo") or {}
            if universal.get("CodeGroup") in REFUSING_GROUPS:
                events = universal.get("Events") or []
                texts = filter(None, (event.get("PlainText") for event in events))
                refusal_id, text = item["EntityId"], _shorten(" ".join(texts))
    return refusal_id, text


def _shorten(text: str) -> str:
    return " ".join(text.split())[:MAX_REASON_LENGTH]
