"""Converting between Diadoc's JSON and our values. No calls, no state."""

import base64
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from edo.channels.operator.gateway import (
    DocumentStatus,
    OperatorEvent,
    OutgoingDocument,
    RecipientBox,
    RecipientResponse,
    SenderSignatureStatus,
    SentDocument,
)
from edo.safe_xml import parse_xml

DiadocJson = dict[str, Any]

DOCUMENT_TYPES = {"contract": "Contract", "supplement": "SupplementaryAgreement"}
OTHER_DOCUMENT_TYPE = "Nonformalized"
SENDER_SIGNATURE_STATUSES = {
    "SenderSignatureCheckedAndValid": SenderSignatureStatus.VALID,
    "SenderSignatureCheckedAndInvalid": SenderSignatureStatus.INVALID,
}
RECIPIENT_RESPONSES = {
    "WithRecipientSignature": RecipientResponse.SIGNED,
    "InvalidRecipientSignature": RecipientResponse.SIGNED_INVALID,
    "RecipientSignatureRequestRejected": RecipientResponse.REFUSED,
}
REVOKED = "RevocationAccepted"
POWER_ATTACHED = "PowerOfAttorneyAttached"
POWER_NOT_VALID = "IsNotValid"
REFUSAL_TYPE = "XmlSignatureRejection"
# The element with the reason in the notice of correction (УведУточ) of the tax service's format.
REASON_ELEMENT = "ТекстУведУточ"
TICKS_EPOCH = datetime(1, 1, 1, tzinfo=UTC)
MAX_REASON_LENGTH = 900


def parse_recipient(organisations: Sequence[DiadocJson]) -> RecipientBox | None:
    """The first active organisation with a box, preferring the head office to branches."""
    candidates = [item for item in organisations if item["IsActive"] and item["Boxes"]]
    if not candidates:
        return None
    chosen = min(candidates, key=lambda item: bool(item.get("IsBranch")))
    return RecipientBox(
        organisation_id=chosen["OrgId"],
        box_id=chosen["Boxes"][0]["BoxId"],
        accepts_strangers=chosen.get("Sociability") != "CounteragentsOnly",
    )


def parse_organisations_by_box(body: DiadocJson) -> dict[str, str]:
    """The id of the organisation by the id of each of its boxes."""
    return {box["BoxId"]: item["OrgId"] for item in body["Organizations"] for box in item["Boxes"]}


def build_message(document: OutgoingDocument) -> DiadocJson:
    """`MessageToPost` with one document, its signature and its power of attorney."""
    power = {
        "Content": {"Content": _base64(document.power_of_attorney)},
        "Signature": {"Content": _base64(document.power_of_attorney_signature)},
    }
    metadata = {
        "FileName": document.file_name,
        "DocumentNumber": document.number,
        "DocumentDate": document.dated.strftime("%d.%m.%Y"),
    }
    attachment = {
        "TypeNamedId": DOCUMENT_TYPES.get(document.kind, OTHER_DOCUMENT_TYPE),
        "NeedRecipientSignature": True,
        "CustomDocumentId": str(document.custom_id),
        "Metadata": [{"Key": key, "Value": value} for key, value in metadata.items()],
        "SignedContent": {
            "NameOnShelf": document.shelf_name,
            "Signature": _base64(document.signature),
            "PowerOfAttorney": {"Contents": [power], "SendAsFile": True},
        },
    }
    return {
        "FromBoxId": document.from_box_id,
        "ToBoxId": document.to_box_id,
        "LockMode": "None",
        "DocumentAttachments": [attachment],
    }


def parse_sent_document(message: DiadocJson, document: OutgoingDocument) -> SentDocument:
    """The ids of ``document`` in the posted `Message`."""
    custom_id = str(document.custom_id).lower()
    entity = next(
        item
        for item in _select_documents(message["Entities"])
        if (item["DocumentInfo"].get("CustomDocumentId") or "").lower() == custom_id
    )
    return SentDocument(message["MessageId"], entity["EntityId"])


def parse_status(message: DiadocJson, document_id: str) -> DocumentStatus:
    """The status of one document of a `Message`."""
    entities = message["Entities"]
    document = next(item for item in entities if item["EntityId"] == document_id)
    info = document["DocumentInfo"]
    related = [item for item in entities if item.get("ParentEntityId") == document_id]
    signatures = [item for item in related if item["EntityType"] == "Signature"]
    ours = [item for item in signatures if item["SignerBoxId"] == message["FromBoxId"]]
    theirs = [item for item in signatures if item["SignerBoxId"] == message["ToBoxId"]]
    refusals = [item for item in related if item.get("AttachmentType") == REFUSAL_TYPE]
    return DocumentStatus(
        sender_signature=SENDER_SIGNATURE_STATUSES.get(
            info["SenderSignatureStatus"], SenderSignatureStatus.PENDING
        ),
        is_power_attached=any(_is_power_attached(item) for item in ours),
        is_power_valid=not any(_get_power_status(item) == POWER_NOT_VALID for item in ours),
        delivered_at=parse_ticks(info.get("DeliveryTimestampTicks")),
        response=RECIPIENT_RESPONSES.get(info["RecipientResponseStatus"], RecipientResponse.NONE),
        is_revoked=info.get("RevocationStatus") == REVOKED,
        recipient_signature_id=theirs[-1]["EntityId"] if theirs else "",
        recipient_signed_at=parse_ticks(theirs[-1].get("RawCreationDate")) if theirs else None,
        refusal_id=refusals[-1]["EntityId"] if refusals else "",
    )


def parse_events(body: DiadocJson, after: str) -> tuple[list[OperatorEvent], str]:
    """The events of `GetNewEvents` and the next cursor."""
    items = body["Events"]
    return [_parse_event(item) for item in items], (items[-1]["IndexKey"] if items else after)


def build_revocation_patch(
    box_id: str, sent: SentDocument, request: bytes, signature: bytes
) -> DiadocJson:
    """`MessagePatchToPost` that revokes a document."""
    content = {"Content": _base64(request), "Signature": _base64(signature)}
    revocation = {"ParentEntityId": sent.document_id, "SignedContent": content}
    return {"BoxId": box_id, "MessageId": sent.message_id, "RevocationRequests": [revocation]}


def parse_refusal_reason(xml: bytes) -> str:
    """The reason in the XML of a refusal; empty when it has none or cannot be parsed."""
    try:
        root = parse_xml(xml)
    except ValueError:
        return ""
    elements = root.iter(f"{{*}}{REASON_ELEMENT}")
    texts = [" ".join("".join(map(str, element.itertext())).split()) for element in elements]
    return next(filter(None, texts), "")[:MAX_REASON_LENGTH]


def parse_ticks(ticks: object) -> datetime | None:
    """A datetime from .NET ticks (100 ns since the year 1, UTC); None when there are none."""
    if not isinstance(ticks, int) or ticks <= 0:
        return None
    return TICKS_EPOCH + timedelta(microseconds=ticks // 10)


def _parse_event(item: DiadocJson) -> OperatorEvent:
    change = item.get("Message") or item["Patch"]
    documents = _select_documents(change["Entities"])
    custom_id = next((entity["DocumentInfo"].get("CustomDocumentId") for entity in documents), None)
    return OperatorEvent(item["EventId"], change["MessageId"], custom_id or "")


def _select_documents(entities: Iterable[DiadocJson]) -> list[DiadocJson]:
    return [item for item in entities if item.get("DocumentInfo")]


def _is_power_attached(signature: DiadocJson) -> bool:
    status = signature.get("PowerOfAttorneyAttachmentStatus") or {}
    return bool(status.get("StatusName") == POWER_ATTACHED)


def _get_power_status(signature: DiadocJson) -> str:
    power = signature.get("PowerOfAttorney") or {}
    return str((power.get("Status") or {}).get("StatusNamedId", ""))


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
