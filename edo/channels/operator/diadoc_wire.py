"""Diadoc's structures to ours and back: no calls, no state."""

import base64
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from edo.channels.operator.gateway import (
    DocumentTruth,
    OperatorEvent,
    OutgoingDocument,
    Recipient,
    RecipientAnswer,
    SenderVerdict,
    SentDocument,
)
from edo.safe_xml import parse_xml

Json = dict[str, Any]

TYPES = {"contract": "Contract", "supplement": "SupplementaryAgreement"}
OTHER_TYPE = "Nonformalized"
SENDER_VERDICTS = {
    "SenderSignatureCheckedAndValid": SenderVerdict.VALID,
    "SenderSignatureCheckedAndInvalid": SenderVerdict.INVALID,
}
ANSWERS = {
    "WithRecipientSignature": RecipientAnswer.SIGNED,
    "InvalidRecipientSignature": RecipientAnswer.SIGNED_BADLY,
    "RecipientSignatureRequestRejected": RecipientAnswer.REFUSED,
}
REVOKED = "RevocationAccepted"
POWER_ATTACHED = "PowerOfAttorneyAttached"
POWER_NOT_VALID = "IsNotValid"
REFUSAL_TYPE = "XmlSignatureRejection"
# The element with the reason in the tax service's format of a notice of correction.
REASON_ELEMENT = "ТекстУведУточ"
TICKS_BEGIN = datetime(1, 1, 1, tzinfo=UTC)
LONGEST_REASON = 900


def recipient(organisations: Sequence[Json]) -> Recipient | None:
    """The first active organisation with a box; the head office before branches."""
    able = [item for item in organisations if item["IsActive"] and item["Boxes"]]
    if not able:
        return None
    chosen = min(able, key=lambda item: bool(item.get("IsBranch")))
    return Recipient(
        organisation_id=chosen["OrgId"],
        box_id=chosen["Boxes"][0]["BoxId"],
        accepts_strangers=chosen.get("Sociability") != "CounteragentsOnly",
    )


def organisations_by_box(answer: Json) -> dict[str, str]:
    """The organisation's id by the id of each of its boxes."""
    return {
        box["BoxId"]: item["OrgId"] for item in answer["Organizations"] for box in item["Boxes"]
    }


def message_to_post(document: OutgoingDocument) -> Json:
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
        "TypeNamedId": TYPES.get(document.kind, OTHER_TYPE),
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


def sent(message: Json, document: OutgoingDocument) -> SentDocument:
    """Where the document of a posted `Message` is."""
    wanted = str(document.custom_id).lower()
    entity = next(
        item
        for item in _documents(message["Entities"])
        if (item["DocumentInfo"].get("CustomDocumentId") or "").lower() == wanted
    )
    return SentDocument(message["MessageId"], entity["EntityId"])


def truth(message: Json, document_id: str) -> DocumentTruth:
    """The present state of one document of a `Message`."""
    entities = message["Entities"]
    document = next(item for item in entities if item["EntityId"] == document_id)
    info = document["DocumentInfo"]
    related = [item for item in entities if item.get("ParentEntityId") == document_id]
    signatures = [item for item in related if item["EntityType"] == "Signature"]
    ours = [item for item in signatures if item["SignerBoxId"] == message["FromBoxId"]]
    theirs = [item for item in signatures if item["SignerBoxId"] == message["ToBoxId"]]
    refusals = [item for item in related if item.get("AttachmentType") == REFUSAL_TYPE]
    return DocumentTruth(
        sender_verdict=SENDER_VERDICTS.get(info["SenderSignatureStatus"], SenderVerdict.PENDING),
        power_attached=any(_power_attached(item) for item in ours),
        power_valid=not any(_power_status(item) == POWER_NOT_VALID for item in ours),
        delivered_at=moment(info.get("DeliveryTimestampTicks")),
        answer=ANSWERS.get(info["RecipientResponseStatus"], RecipientAnswer.NONE),
        revoked=info.get("RevocationStatus") == REVOKED,
        recipient_signature_id=theirs[-1]["EntityId"] if theirs else "",
        recipient_signed_at=moment(theirs[-1].get("RawCreationDate")) if theirs else None,
        refusal_id=refusals[-1]["EntityId"] if refusals else "",
    )


def events(answer: Json, after: str) -> tuple[list[OperatorEvent], str]:
    """Events of `GetNewEvents`, and the key to read on from."""
    items = answer["Events"]
    return [_event(item) for item in items], (items[-1]["IndexKey"] if items else after)


def revocation(box_id: str, sent: SentDocument, request: bytes, signature: bytes) -> Json:
    """`MessagePatchToPost` that takes a document back."""
    signed = {"Content": _base64(request), "Signature": _base64(signature)}
    wish = {"ParentEntityId": sent.document_id, "SignedContent": signed}
    return {"BoxId": box_id, "MessageId": sent.message_id, "RevocationRequests": [wish]}


def reason(xml: bytes) -> str:
    """The client's words in a refusal's XML; empty when it cannot be read."""
    try:
        root = parse_xml(xml)
    except ValueError:
        return ""
    named = root.iter(f"{{*}}{REASON_ELEMENT}")
    words = [" ".join("".join(map(str, element.itertext())).split()) for element in named]
    return next(filter(None, words), "")[:LONGEST_REASON]


def moment(ticks: object) -> datetime | None:
    """.NET ticks (100 ns since the year 1, UTC) as a moment; None for none."""
    if not isinstance(ticks, int) or ticks <= 0:
        return None
    return TICKS_BEGIN + timedelta(microseconds=ticks // 10)


def _event(item: Json) -> OperatorEvent:
    change = item.get("Message") or item["Patch"]
    documents = _documents(change["Entities"])
    custom = next((entity["DocumentInfo"].get("CustomDocumentId") for entity in documents), None)
    return OperatorEvent(item["EventId"], change["MessageId"], custom or "")


def _documents(entities: Iterable[Json]) -> list[Json]:
    return [item for item in entities if item.get("DocumentInfo")]


def _power_attached(signature: Json) -> bool:
    status = signature.get("PowerOfAttorneyAttachmentStatus") or {}
    return bool(status.get("StatusName") == POWER_ATTACHED)


def _power_status(signature: Json) -> str:
    power = signature.get("PowerOfAttorney") or {}
    return str((power.get("Status") or {}).get("StatusNamedId", ""))


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
