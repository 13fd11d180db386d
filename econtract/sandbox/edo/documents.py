"""A document's state, as each of its two boxes sees it: Diadoc's structure `Document`."""

from __future__ import annotations

from econtract.sandbox.api.protocol import Json
from econtract.sandbox.clock import ticks
from econtract.sandbox.edo.boxes import long_box_id
from econtract.sandbox.edo.powers import render_general_status
from econtract.sandbox.models import EdoDocument

_Revocation = EdoDocument.Revocation
_WORKFLOW_WITH_SIGNATURE = 2
_WORKFLOW_WITHOUT_SIGNATURE = 1
_NO_RECEIPT = {"ReceiptStatus": "GeneralReceiptStatusNotAcceptable"}
_NO_CONFIRMATION = {**_NO_RECEIPT, "DateTimeTicks": 0}
_STATUS_TEXTS = {
    "WaitingForRecipientSignature": ("Info", "Ожидается подпись контрагента"),
    "WithRecipientSignature": ("Success", "Подписан контрагентом"),
    "RecipientSignatureRequestRejected": ("Error", "Контрагент отказал в подписи"),
    "InvalidRecipientSignature": ("Error", "Подпись не прошла проверку"),
}
_REVOCATION_TEXTS = {
    "RevocationIsRequestedByMe": ("Warning", "Ожидается аннулирование"),
    "RequestsMyRevocation": ("Warning", "Требуется аннулирование"),
    "RevocationAccepted": ("Warning", "Аннулирован"),
}


def render_document_info(row: EdoDocument, box_id: str) -> Json:
    """`Document` for the box."""
    message = row.message
    is_outbound = message.from_box == box_id
    number = row.value("DocumentNumber")
    return {
        "MessageId": message.message_id,
        "EntityId": row.entity_id,
        "CreationTimestampTicks": ticks(row.sent_at),
        "CounteragentBoxId": long_box_id(message.to_box if is_outbound else message.from_box),
        "DocumentDirection": "Outbound" if is_outbound else "Inbound",
        "DocumentType": row.type_named_id,
        "TypeNamedId": row.type_named_id,
        "Function": "default",
        "Version": "v1",
        "WorkflowId": (
            _WORKFLOW_WITH_SIGNATURE if row.needs_signature else _WORKFLOW_WITHOUT_SIGNATURE
        ),
        "Title": f"{row.file_name} №{number}" if number else row.file_name,
        "Content": {"Size": row.size},
        "FileName": row.file_name,
        **({"DocumentNumber": number} if number else {}),
        **({"DocumentDate": row.value("DocumentDate")} if row.value("DocumentDate") else {}),
        **({"CustomDocumentId": row.custom_document_id} if is_outbound else {}),
        **({"ToDepartmentId": message.to_department} if message.to_department else {}),
        "CustomData": row.custom_data,
        "Metadata": row.metadata,
        "SenderSignatureStatus": row.sender_signature_status,
        "RecipientResponseStatus": get_response_status(row, box_id),
        "RevocationStatus": get_revocation_status(row, box_id),
        "RoamingNotificationStatus": row.roaming_status,
        "RecipientReceiptMetadata": _NO_RECEIPT,
        "SenderReceiptMetadata": _NO_RECEIPT,
        "ConfirmationMetadata": _NO_CONFIRMATION,
        "AmendmentRequestMetadata": {"AmendmentFlags": 0, **_NO_RECEIPT},
        "SendTimestampTicks": ticks(row.sent_at),
        **({"DeliveryTimestampTicks": ticks(row.delivered_at)} if row.delivered_at else {}),
        "LockMode": message.lock_mode,
        "IsDeleted": False,
        "IsTest": True,
        "DocflowStatus": _render_docflow_status(row, box_id),
    }


def get_revocation_status(row: EdoDocument, box_id: str) -> str:
    """`RevocationStatus` as the box sees it."""
    if row.revocation == _Revocation.REQUESTED:
        is_mine = row.revocation_box == box_id
        return "RevocationIsRequestedByMe" if is_mine else "RequestsMyRevocation"
    names = {
        _Revocation.ACCEPTED: "RevocationAccepted",
        _Revocation.REJECTED: "RevocationRejected",
    }
    return names.get(_Revocation(row.revocation), "RevocationStatusNone")


def get_response_status(row: EdoDocument, box_id: str) -> str:
    """`RecipientResponseStatus` as the box sees it.

    The sender never learns of an invalid signature: for them the document still waits.
    """
    status = row.recipient_response_status
    if status == "InvalidRecipientSignature" and box_id == row.message.from_box:
        return "WaitingForRecipientSignature"
    return status


def _render_docflow_status(row: EdoDocument, box_id: str) -> Json:
    revocation = get_revocation_status(row, box_id)
    severity, text = _REVOCATION_TEXTS.get(revocation) or _STATUS_TEXTS.get(
        get_response_status(row, box_id), ("Info", "В обработке")
    )
    general = render_general_status(row)
    return {
        "PrimaryStatus": {"Severity": severity, "StatusText": text},
        **({"PowerOfAttorneyGeneralStatus": general} if general else {}),
    }
