"""Messages, patches and events in Diadoc's JSON. No calls, no state."""

import base64
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from edo.channels.operator.values import (
    OperatorEvent,
    OutgoingDocument,
    OutgoingPower,
    PowerFile,
    RevocationSigner,
    SentDocument,
)

DiadocJson = dict[str, Any]

CONTRACT_TYPE = "Contract"
SUPPLEMENT_TYPE = "SupplementaryAgreement"
OTHER_DOCUMENT_TYPE = "Nonformalized"
TICKS_EPOCH = datetime(1, 1, 1, tzinfo=UTC)


def build_message(document: OutgoingDocument) -> DiadocJson:
    """`MessageToPost` with one document, its signature and its power of attorney."""
    attachment = {
        "TypeNamedId": _get_type(document),
        "NeedRecipientSignature": True,
        "CustomDocumentId": str(document.custom_id),
        "Metadata": [
            {"Key": key, "Value": value} for key, value in _build_metadata(document).items()
        ],
        "SignedContent": {
            "NameOnShelf": document.shelf_name,
            "Signature": _base64(document.signature),
            "PowerOfAttorney": _build_power(document.power),
        },
    }
    message = {
        "FromBoxId": document.from_box_id,
        "ToBoxId": document.to_box_id,
        "LockMode": "None",
        "DocumentAttachments": [attachment],
    }
    if document.to_department_id:
        message["ToDepartmentId"] = document.to_department_id
    return message


def parse_sent_document(message: DiadocJson, document: OutgoingDocument) -> SentDocument:
    """The ids of ``document`` in the posted `Message`."""
    custom_id = str(document.custom_id).lower()
    entity = next(
        item
        for item in _select_documents(message["Entities"])
        if (item["DocumentInfo"].get("CustomDocumentId") or "").lower() == custom_id
    )
    return SentDocument(message["MessageId"], entity["EntityId"])


def parse_events(body: DiadocJson, after: str) -> tuple[list[OperatorEvent], str]:
    """The events of `GetNewEvents` and the next cursor."""
    items = body["Events"]
    return [_parse_event(item) for item in items], (items[-1]["IndexKey"] if items else after)


def parse_custom_id(message: DiadocJson) -> str:
    """Our own id of the first document of a `Message` or `MessagePatch`; "" without one."""
    documents = _select_documents(message.get("Entities") or [])
    custom_ids = (entity["DocumentInfo"].get("CustomDocumentId") for entity in documents)
    return next(filter(None, custom_ids), "")


def build_revocation_info(comment: str, signer: RevocationSigner) -> DiadocJson:
    """`RevocationRequestInfo`, from which the operator makes the XML."""
    details = {
        "Surname": signer.surname,
        "FirstName": signer.given_name,
        "Patronymic": signer.patronymic,
        "JobTitle": signer.position,
        "Inn": signer.inn,
    }
    signer_details = {name: value for name, value in details.items() if value}
    return {"Comment": comment, "Signer": {"SignerDetails": signer_details}}


def build_revocation_patch(
    box_id: str, sent: SentDocument, request: bytes, signature: bytes
) -> DiadocJson:
    """`MessagePatchToPost` that revokes a document."""
    content = {"Content": _base64(request), "Signature": _base64(signature)}
    revocation = {"ParentEntityId": sent.document_id, "SignedContent": content}
    return {"BoxId": box_id, "MessageId": sent.message_id, "RevocationRequests": [revocation]}


def parse_power_files(body: DiadocJson) -> list[PowerFile]:
    """`PowerOfAttorneyContentResponse`: the chain from its root, then the power of attorney."""
    items = [*(body.get("DelegationChain") or []), body["Content"]]
    return [
        PowerFile(
            registration_number=item["FullId"]["RegistrationNumber"],
            xml=base64.b64decode(item["Content"], validate=True),
            signature=base64.b64decode(item["Signature"], validate=True),
        )
        for item in items
    ]


def parse_ticks(ticks: object) -> datetime | None:
    """A datetime from .NET ticks (100 ns since the year 1, UTC); None when there are none.

    JSON numbers of this size may come as strings.
    """
    if isinstance(ticks, str) and ticks.isascii() and ticks.isdigit():
        ticks = int(ticks)
    if isinstance(ticks, bool) or not isinstance(ticks, int) or ticks <= 0:
        return None
    try:
        return TICKS_EPOCH + timedelta(microseconds=ticks // 10)
    except OverflowError:
        return None


def _get_type(document: OutgoingDocument) -> str:
    """A supplementary agreement needs the contract: without it the document has no such type."""
    if document.kind == "supplement" and document.contract_number and document.contract_date:
        return SUPPLEMENT_TYPE
    return CONTRACT_TYPE if document.kind == "contract" else OTHER_DOCUMENT_TYPE


def _build_metadata(document: OutgoingDocument) -> dict[str, str]:
    metadata = {
        "FileName": document.file_name,
        "DocumentNumber": document.number,
        "DocumentDate": f"{document.dated:%d.%m.%Y}",
    }
    if _get_type(document) == SUPPLEMENT_TYPE:
        metadata["ContractNumber"] = document.contract_number
        metadata["ContractDate"] = f"{document.contract_date:%d.%m.%Y}"
    return metadata


def _build_power(power: OutgoingPower) -> DiadocJson:
    """`PowerOfAttorneyToPost`: exactly one of number and file."""
    if power.is_registered:
        full_id = {
            "RegistrationNumber": str(power.registration_number),
            "IssuerInn": power.principal_inn,
            "RepresentativeInn": power.representative_inn,
        }
        return {"UseDefault": False, "FullId": full_id}
    content = {
        "Content": {"Content": _base64(power.xml)},
        "Signature": {"Content": _base64(power.signature)},
    }
    return {"UseDefault": False, "Contents": [content], "SendAsFile": True}


def _parse_event(item: DiadocJson) -> OperatorEvent:
    """A patch need not repeat the document: its entities are those that it adds, often none."""
    change = item.get("Message") or item.get("Patch") or {}
    return OperatorEvent(item["EventId"], change.get("MessageId") or "", parse_custom_id(change))


def _select_documents(entities: Iterable[DiadocJson]) -> list[DiadocJson]:
    return [item for item in entities if item.get("DocumentInfo")]


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
