"""The client of the public API of Контур.Диадок (docs/protocols.md, section 9).

Written from the public documentation, never tried against the live service.
"""

import base64
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.conf import settings

from econtract.platform.common.errors import Refused, Unavailable
from econtract.platform.common.http import OutsideHttp
from econtract.platform.common.http_responses import OutsideResponse
from edo.channels.operator import diadoc_wire as wire
from edo.channels.operator.gateway import (
    DocumentStatus,
    OperatorEvent,
    OperatorRefusalCode,
    OutgoingDocument,
    RecipientBox,
    SentDocument,
)
from edo.channels.operator.tokens import get_token_source
from edo.channels.protocol import AlreadySigned

SYSTEM = "edo"
SHELF_PART_BYTES = 4 * 1024 * 1024
OWN_SHELF = "__userId__/"

REFUSAL_CODES = {
    "Box.NotFound": OperatorRefusalCode.NO_BOX,
    "Organization.NotFound": OperatorRefusalCode.NO_BOX,
    "Sociability.StrangersForbidden": OperatorRefusalCode.STRANGER_FORBIDDEN,
    "Counteragent.StrangersForbidden": OperatorRefusalCode.STRANGER_FORBIDDEN,
    "Content.TooLarge": OperatorRefusalCode.TOO_LARGE,
    "Document.AlreadySigned": OperatorRefusalCode.ALREADY_SIGNED,
    "Document.AlreadyRevoked": OperatorRefusalCode.ALREADY_REVOKED,
}
POWER_OF_ATTORNEY_PREFIX = "PowerOfAttorney."

# The ids of our organisations by box id, for each API address. They never change, so every process
# fetches them once.
_organisation_ids: dict[str, dict[str, str]] = {}


class DiadocGateway:
    """An `OperatorGateway`."""

    def __init__(self) -> None:
        self._http = OutsideHttp(SYSTEM, get_token_source(SYSTEM))

    def find_recipient(self, inn: str, kpp: str) -> RecipientBox | None:
        with _translated_errors():
            body = self._get("/GetOrganizationsByInnKpp", inn=inn, kpp=kpp or None)
            return wire.parse_recipient(body["Organizations"])

    def accepts_documents(self, box_id: str, recipient: RecipientBox) -> bool:
        return recipient.accepts_strangers or self._are_partners(box_id, recipient)

    def ensure_partnership(self, box_id: str, recipient: RecipientBox) -> None:
        if self._are_partners(box_id, recipient):
            return
        with _translated_errors():
            task = self._http.request(
                "POST",
                "/V2/AcquireCounteragent",
                params={"myOrgId": self._get_organisation_id(box_id)},
                json={"OrgId": recipient.organisation_id},
            ).json()
            self._get("/V2/AcquireCounteragentResult", taskId=task["TaskId"])

    def upload_to_shelf(self, name: str, content: bytes) -> None:
        parts = [
            content[at : at + SHELF_PART_BYTES] for at in range(0, len(content), SHELF_PART_BYTES)
        ]
        with _translated_errors():
            for index in range(len(parts)):
                missing = self._upload_part(name, parts, index)
            for index in missing:
                missing = self._upload_part(name, parts, index)
        if missing:
            raise Unavailable(SYSTEM, "parts of an upload to the shelf were lost")

    def send(self, document: OutgoingDocument, operation_id: UUID) -> SentDocument:
        with _translated_errors():
            body = self._post(
                "/V3/PostMessage",
                wire.build_message(document),
                operation_id=operation_id,
            )
            return wire.parse_sent_document(body, document)

    def get_status(self, box_id: str, sent: SentDocument) -> DocumentStatus:
        with _translated_errors():
            message = self._get("/V6/GetMessage", boxId=box_id, messageId=sent.message_id)
            return wire.parse_status(message, sent.document_id)

    def fetch_content(self, box_id: str, message_id: str, entity_id: str) -> bytes:
        with _translated_errors():
            return self._http.get_bytes(
                "/V4/GetEntityContent",
                params={"boxId": box_id, "messageId": message_id, "entityId": entity_id},
            )

    def fetch_refusal_reason(self, box_id: str, sent: SentDocument, refusal_id: str) -> str:
        return wire.parse_refusal_reason(self.fetch_content(box_id, sent.message_id, refusal_id))

    def build_revocation_request(self, box_id: str, sent: SentDocument, comment: str) -> bytes:
        with _translated_errors():
            return self._http.request(
                "POST",
                "/V2/GenerateRevocationRequestXml",
                params={
                    "boxId": box_id,
                    "messageId": sent.message_id,
                    "attachmentId": sent.document_id,
                },
                json={"Comment": comment},
            ).content

    def revoke(
        self,
        box_id: str,
        sent: SentDocument,
        *,
        request: bytes,
        signature: bytes,
        operation_id: UUID,
    ) -> None:
        with _translated_errors():
            self._post(
                "/V4/PostMessagePatch",
                wire.build_revocation_patch(box_id, sent, request, signature),
                operation_id=operation_id,
            )

    def fetch_events(
        self, box_id: str, after: str, limit: int
    ) -> tuple[Sequence[OperatorEvent], str]:
        with _translated_errors():
            body = self._get(
                "/V8/GetNewEvents", boxId=box_id, afterIndexKey=after or None, limit=limit
            )
            return wire.parse_events(body, after)

    def fetch_package(self, box_id: str, sent: SentDocument) -> bytes:
        with _translated_errors():
            params = _document_params(box_id, sent)
            body = self._get("/GenerateDocumentZip", fullDocflow="true", **params)
            return self._http.get_bytes(
                "/V2/ShelfDownload", params={"nameOnShelf": body["ZipFileNameOnShelf"]}
            )

    def fetch_print_form(self, box_id: str, sent: SentDocument) -> bytes:
        with _translated_errors():
            params = _document_params(box_id, sent)
            response = self._http.request("GET", "/GeneratePrintForm", params=params)
            return _require_finished(response).content

    def fetch_protocol(self, box_id: str, sent: SentDocument) -> tuple[bytes, bytes]:
        with _translated_errors():
            body = self._get("/GenerateDocumentProtocol", **_document_params(box_id, sent))
            return base64.b64decode(body["PrintForm"]), base64.b64decode(body["Signature"])

    def _are_partners(self, box_id: str, recipient: RecipientBox) -> bool:
        with _translated_errors():
            body = self._get(
                "/V2/GetCounteragent",
                myOrgId=self._get_organisation_id(box_id),
                counteragentOrgId=recipient.organisation_id,
            )
            return bool(body["CurrentStatus"] == "IsMyCounteragent")

    def _get_organisation_id(self, box_id: str) -> str:
        ids = _organisation_ids.setdefault(settings.OUTSIDE[SYSTEM]["url"], {})
        if box_id not in ids:
            ids.update(wire.parse_organisations_by_box(self._get("/GetMyOrganizations")))
        if box_id not in ids:
            raise Refused(
                SYSTEM, OperatorRefusalCode.REJECTED, "Our box is unknown to the operator"
            )
        return ids[box_id]

    def _upload_part(self, name: str, parts: Sequence[bytes], index: int) -> list[int]:
        missing: list[int] = self._http.request(
            "POST",
            "/V2/ShelfUpload",
            params={
                "nameOnShelf": f"{OWN_SHELF}{name}",
                "partIndex": index,
                "isLastPart": int(index == len(parts) - 1),
            },
            content=parts[index],
        ).json()
        return missing

    def _get(self, path: str, **params: str | int | None) -> Any:
        return _require_finished(self._http.request("GET", path, params=params)).json()

    def _post(self, path: str, body: dict[str, Any], *, operation_id: UUID) -> Any:
        response = self._http.request(
            "POST",
            path,
            params={"operationId": str(operation_id)},
            json=body,
            idempotency_key=operation_id,
        )
        return _require_finished(response).json()


def _document_params(box_id: str, sent: SentDocument) -> dict[str, str]:
    return {"boxId": box_id, "messageId": sent.message_id, "documentId": sent.document_id}


def _require_finished(response: OutsideResponse) -> OutsideResponse:
    """Raise Unavailable for 204: the operator is still processing this very operation."""
    if response.status == 204:
        raise Unavailable(SYSTEM, "still processing", retry_after=response.retry_after or 1)
    return response


@contextmanager
def _translated_errors() -> Iterator[None]:
    """Translate the operator's codes into ours, and malformed responses into Unavailable."""
    try:
        yield
    except Refused as refusal:
        raise _translate(refusal) from refusal
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise Unavailable(SYSTEM, "the response is malformed") from error


def _translate(refusal: Refused) -> Refused:
    if refusal.code in set(OperatorRefusalCode):
        return refusal
    code = REFUSAL_CODES.get(refusal.code, OperatorRefusalCode.REJECTED)
    if refusal.code.startswith(POWER_OF_ATTORNEY_PREFIX):
        code = OperatorRefusalCode.POWER_OF_ATTORNEY_INVALID
    if code == OperatorRefusalCode.ALREADY_SIGNED:
        return AlreadySigned(SYSTEM, refusal.message)
    return Refused(SYSTEM, code, refusal.message)
