"""The methods of Diadoc's API that the product calls."""

import base64
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from email.message import Message
from typing import Any
from uuid import UUID

from django.conf import settings

from econtract.platform.common.errors import Refused, Unavailable
from econtract.platform.common.http_responses import OutsideResponse
from edo.channels.operator.diadoc import messages, organisations, statuses
from edo.channels.operator.diadoc.api import DiadocApi, require_finished
from edo.channels.operator.diadoc.errors import NOT_FOUND, SYSTEM, translate_errors
from edo.channels.operator.diadoc.organisations import OwnBox, to_box_guid
from edo.channels.operator.values import (
    DocumentStatus,
    OperatorEvent,
    OutgoingDocument,
    Partnership,
    PartnershipStatus,
    PowerFile,
    RecipientBox,
    RevocationRequest,
    RevocationSigner,
    SentDocument,
)

SHELF_PART_BYTES = 3 * 1024 * 1024
FILE_EXTENSION = ".pdf"
REVOCATION_CONTENT_TYPE = "revocation_request_02"
XML = "application/xml"

# Our boxes by API address. They never change, so every process fetches them once.
_own_boxes: dict[str, dict[str, OwnBox]] = {}


class DiadocGateway:
    """An `OperatorGateway`. Boxes may be named by either of their ids."""

    def __init__(self) -> None:
        self._api = DiadocApi()

    def find_recipients(self, box_id: str, inn: str) -> list[RecipientBox]:
        with translate_errors():
            own_is_test = self._get_own_box(to_box_guid(box_id)).is_test
            try:
                body = self._api.get("/GetOrganizationsByInnKpp", inn=inn)
            except Refused as refusal:
                if refusal.status == NOT_FOUND:
                    return []
                raise
            return organisations.parse_recipient_boxes(
                body["Organizations"], own_is_test=own_is_test
            )

    def get_partnership(self, box_id: str, recipient_box_id: str) -> Partnership:
        with translate_errors():
            params = {
                "myBoxId": to_box_guid(box_id),
                "counteragentBoxId": to_box_guid(recipient_box_id),
            }
            try:
                return organisations.parse_partnership(
                    self._api.get("/V3/GetCounteragent", **params)
                )
            except Refused as refusal:
                if refusal.status == NOT_FOUND:
                    return Partnership(PartnershipStatus.NONE)
                raise

    def invite(self, box_id: str, recipient_box_id: str, message: str) -> None:
        with translate_errors():
            task = self._api.http.request(
                "POST",
                "/V3/AcquireCounteragent",
                params={"myBoxId": to_box_guid(box_id)},
                json={"BoxId": to_box_guid(recipient_box_id), "MessageToCounteragent": message},
            ).json()
            # 204: still running. The next look at the partnership says what has become of it.
            self._api.http.request(
                "GET", "/V2/AcquireCounteragentResult", params={"taskId": task["TaskId"]}
            )

    def upload_to_shelf(self, content: bytes) -> str:
        with translate_errors():
            parts = [
                content[at : at + SHELF_PART_BYTES]
                for at in range(0, len(content), SHELF_PART_BYTES)
            ]
            if len(parts) == 1:
                return self._api.upload("/V2/ShelfUpload", parts[0], fileExtension=FILE_EXTENSION)
            name = self._api.upload("/ShelfUploadPartInit", parts[0], fileExtension=FILE_EXTENSION)
            for index, part in enumerate(parts[1:], start=1):
                self._api.http.request(
                    "POST",
                    "/ShelfUploadPart",
                    params={
                        "fileName": name,
                        "partIndex": index,
                        "isLastPart": str(index == len(parts) - 1).lower(),
                    },
                    content=part,
                )
            return name

    def send(self, document: OutgoingDocument, operation_id: UUID) -> SentDocument:
        document = replace(document, from_box_id=to_box_guid(document.from_box_id))
        with translate_errors():
            body = self._api.post(
                "/V3/PostMessage", messages.build_message(document), operation_id=operation_id
            )
            return messages.parse_sent_document(body, document)

    def get_status(self, box_id: str, sent: SentDocument) -> DocumentStatus:
        with translate_errors():
            message = self._get_message(box_id, sent, originalSignature="true")
            return statuses.parse_status(message, sent.document_id)

    def fetch_custom_id(self, box_id: str, message_id: str) -> str:
        with translate_errors():
            try:
                message = self._get_message(box_id, SentDocument(message_id, ""))
            except Refused as refusal:
                if refusal.status == NOT_FOUND:
                    return ""
                raise
            return messages.parse_custom_id(message)

    def fetch_content(self, box_id: str, message_id: str, entity_id: str) -> bytes:
        with translate_errors():
            return self._api.http.get_bytes(
                "/V4/GetEntityContent",
                params={
                    "boxId": to_box_guid(box_id),
                    "messageId": message_id,
                    "entityId": entity_id,
                },
            )

    def fetch_stamped_signature(self, box_id: str, sent: SentDocument) -> bytes:
        with translate_errors():
            message = self._get_message(box_id, sent)
            signature_id = statuses.find_stamped_signature(message, sent.document_id)
        if not signature_id:
            return b""
        return self.fetch_content(box_id, sent.message_id, signature_id)

    def fetch_signature_verdict(
        self, box_id: str, sent: SentDocument, signature_id: str
    ) -> bool | None:
        with translate_errors():
            try:
                body = self._api.get(
                    "/GetSignatureInfo",
                    boxId=to_box_guid(box_id),
                    messageId=sent.message_id,
                    entityId=signature_id,
                )
            except Refused as refusal:
                if refusal.status == NOT_FOUND:
                    return None
                raise
            return statuses.parse_signature_verdict(body)

    def fetch_recipient_power(
        self, box_id: str, sent: SentDocument, power_id: str
    ) -> list[PowerFile]:
        with translate_errors():
            try:
                body = self._api.get(
                    "/V2/GetPowerOfAttorneyContent",
                    boxId=to_box_guid(box_id),
                    messageId=sent.message_id,
                    entityId=power_id,
                )
            except Refused as refusal:
                if refusal.status == NOT_FOUND:
                    return []
                raise
            return messages.parse_power_files(body)

    def fetch_reason(self, box_id: str, sent: SentDocument, entity_id: str) -> str:
        return statuses.parse_reason(self.fetch_content(box_id, sent.message_id, entity_id))

    def build_revocation_request(
        self, box_id: str, sent: SentDocument, comment: str, signer: RevocationSigner
    ) -> RevocationRequest:
        with translate_errors():
            response = self._api.http.request(
                "POST",
                "/V2/GenerateRevocationRequestXml",
                params={
                    "boxId": to_box_guid(box_id),
                    "messageId": sent.message_id,
                    "attachmentId": sent.document_id,
                    "contentTypeId": REVOCATION_CONTENT_TYPE,
                },
                json=messages.build_revocation_info(comment, signer),
                accept=XML,
            )
            return RevocationRequest(response.content, _parse_file_name(response))

    def revoke(
        self,
        box_id: str,
        sent: SentDocument,
        *,
        request: bytes,
        signature: bytes,
        operation_id: UUID,
    ) -> None:
        with translate_errors():
            self._api.post(
                "/V4/PostMessagePatch",
                messages.build_revocation_patch(to_box_guid(box_id), sent, request, signature),
                operation_id=operation_id,
            )

    def fetch_events(
        self, box_id: str, after: str, limit: int
    ) -> tuple[Sequence[OperatorEvent], str]:
        with translate_errors():
            body = self._api.get(
                "/V8/GetNewEvents",
                boxId=to_box_guid(box_id),
                afterIndexKey=after or None,
                limit=limit,
            )
            return messages.parse_events(body, after)

    def fetch_package(self, box_id: str, sent: SentDocument) -> bytes:
        with translate_errors():
            params = _document_params(box_id, sent)
            body = self._api.get("/GenerateDocumentZip", fullDocflow="true", **params)
            return self._api.http.get_bytes(
                "/V2/ShelfDownload", params={"fileName": body["ZipFileNameOnShelf"]}
            )

    def fetch_print_form(self, box_id: str, sent: SentDocument) -> bytes:
        with translate_errors():
            params = _document_params(box_id, sent)
            response = self._api.http.request("GET", "/GeneratePrintForm", params=params)
            return require_finished(response).content

    def fetch_protocol(self, box_id: str, sent: SentDocument) -> tuple[bytes, bytes]:
        with translate_errors():
            body = self._api.get("/GenerateDocumentProtocol", **_document_params(box_id, sent))
            return base64.b64decode(body["PrintForm"]), base64.b64decode(body["Signature"])

    def _get_own_box(self, box_id: str) -> OwnBox:
        boxes = _own_boxes.setdefault(settings.OUTSIDE[SYSTEM]["url"], {})
        if box_id not in boxes:
            boxes.update(organisations.parse_own_boxes(self._api.get("/GetMyOrganizations")))
        if box_id not in boxes:
            raise Unavailable(SYSTEM, "our box is not among those of the token's user")
        return boxes[box_id]

    def _get_message(self, box_id: str, sent: SentDocument, **params: str) -> Any:
        return self._api.get(
            "/V6/GetMessage", boxId=to_box_guid(box_id), messageId=sent.message_id, **params
        )


def _document_params(box_id: str, sent: SentDocument) -> dict[str, str]:
    return {
        "boxId": to_box_guid(box_id),
        "messageId": sent.message_id,
        "documentId": sent.document_id,
    }


def _parse_file_name(response: OutsideResponse) -> str:
    """The file name of the header Content-Disposition, "" without one."""
    header = Message()
    header["Content-Disposition"] = response.headers.get("Content-Disposition", "")
    with suppress(ValueError):
        return (header.get_filename() or "")[:255]
    return ""
