"""The client of Контур.Диадок's public protocol (docs/protocols.md, section 9).

Written from the public documentation; never tried against the live service.
"""

import base64
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.conf import settings

from econtract.platform.common.errors import Refused, Unavailable
from econtract.platform.common.http import Answer, OutsideHttp
from edo.channels.operator import diadoc_wire as wire
from edo.channels.operator.gateway import (
    DocumentTruth,
    OperatorEvent,
    OperatorRefusal,
    OutgoingDocument,
    Recipient,
    SentDocument,
)

SYSTEM = "edo"
SHELF_PART = 4 * 1024 * 1024
OWN_SHELF = "__userId__/"

REFUSALS = {
    "Box.NotFound": OperatorRefusal.NO_BOX,
    "Organization.NotFound": OperatorRefusal.NO_BOX,
    "Sociability.StrangersForbidden": OperatorRefusal.STRANGER_FORBIDDEN,
    "Counteragent.StrangersForbidden": OperatorRefusal.STRANGER_FORBIDDEN,
    "Content.TooLarge": OperatorRefusal.TOO_LARGE,
    "Document.AlreadySigned": OperatorRefusal.ALREADY_SIGNED,
    "Document.AlreadyRevoked": OperatorRefusal.ALREADY_REVOKED,
}
POWER_OF_ATTORNEY_CODES = "PowerOfAttorney."

# Our organisations' ids by box, per address: they never change, so a process asks once.
_organisations: dict[str, dict[str, str]] = {}


class Diadoc:
    """An `Operator`. Boxes and organisations are Diadoc's identifiers."""

    def __init__(self) -> None:
        self._http = OutsideHttp(SYSTEM)

    def find_recipient(self, inn: str, kpp: str) -> Recipient | None:
        with _spoken():
            answer = self._get("/GetOrganizationsByInnKpp", inn=inn, kpp=kpp or None)
            return wire.recipient(answer["Organizations"])

    def accepts(self, box_id: str, recipient: Recipient) -> bool:
        return recipient.accepts_strangers or self._are_partners(box_id, recipient)

    def become_partners(self, box_id: str, recipient: Recipient) -> None:
        if self._are_partners(box_id, recipient):
            return
        with _spoken():
            task = self._http.request(
                "POST",
                "/V2/AcquireCounteragent",
                params={"myOrgId": self._organisation_of(box_id)},
                json={"OrgId": recipient.organisation_id},
            ).json()
            self._get("/V2/AcquireCounteragentResult", taskId=task["TaskId"])

    def put_on_shelf(self, name: str, content: bytes) -> None:
        parts = [content[at : at + SHELF_PART] for at in range(0, len(content), SHELF_PART)]
        with _spoken():
            for index in range(len(parts)):
                missing = self._put_part(name, parts, index)
            for index in missing:
                missing = self._put_part(name, parts, index)
        if missing:
            raise Unavailable(SYSTEM, "parts of the shelf's item were lost")

    def send(self, document: OutgoingDocument, operation_id: UUID) -> SentDocument:
        with _spoken():
            answer = self._post(
                "/V3/PostMessage",
                wire.message_to_post(document),
                operation_id=operation_id,
            )
            return wire.sent(answer, document)

    def truth(self, box_id: str, sent: SentDocument) -> DocumentTruth:
        with _spoken():
            message = self._get("/V6/GetMessage", boxId=box_id, messageId=sent.message_id)
            return wire.truth(message, sent.document_id)

    def content(self, box_id: str, message_id: str, entity_id: str) -> bytes:
        with _spoken():
            return self._http.get_bytes(
                "/V4/GetEntityContent",
                params={"boxId": box_id, "messageId": message_id, "entityId": entity_id},
            )

    def refusal_reason(self, box_id: str, sent: SentDocument, refusal_id: str) -> str:
        return wire.reason(self.content(box_id, sent.message_id, refusal_id))

    def revocation_request(self, box_id: str, sent: SentDocument, comment: str) -> bytes:
        with _spoken():
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
        with _spoken():
            self._post(
                "/V4/PostMessagePatch",
                wire.revocation(box_id, sent, request, signature),
                operation_id=operation_id,
            )

    def events(self, box_id: str, after: str, limit: int) -> tuple[Sequence[OperatorEvent], str]:
        with _spoken():
            answer = self._get(
                "/V8/GetNewEvents", boxId=box_id, afterIndexKey=after or None, limit=limit
            )
            return wire.events(answer, after)

    def package(self, box_id: str, sent: SentDocument) -> bytes:
        with _spoken():
            answer = self._get("/GenerateDocumentZip", fullDocflow="true", **_place(box_id, sent))
            return self._http.get_bytes(
                "/V2/ShelfDownload", params={"nameOnShelf": answer["ZipFileNameOnShelf"]}
            )

    def print_form(self, box_id: str, sent: SentDocument) -> bytes:
        with _spoken():
            answer = self._http.request("GET", "/GeneratePrintForm", params=_place(box_id, sent))
            return _finished(answer).content

    def protocol(self, box_id: str, sent: SentDocument) -> tuple[bytes, bytes]:
        with _spoken():
            answer = self._get("/GenerateDocumentProtocol", **_place(box_id, sent))
            return base64.b64decode(answer["PrintForm"]), base64.b64decode(answer["Signature"])

    def _are_partners(self, box_id: str, recipient: Recipient) -> bool:
        with _spoken():
            answer = self._get(
                "/V2/GetCounteragent",
                myOrgId=self._organisation_of(box_id),
                counteragentOrgId=recipient.organisation_id,
            )
            return bool(answer["CurrentStatus"] == "IsMyCounteragent")

    def _organisation_of(self, box_id: str) -> str:
        known = _organisations.setdefault(settings.OUTSIDE[SYSTEM]["url"], {})
        if box_id not in known:
            known.update(wire.organisations_by_box(self._get("/GetMyOrganizations")))
        if box_id not in known:
            raise Refused(SYSTEM, OperatorRefusal.REJECTED, "Our box is unknown to the operator")
        return known[box_id]

    def _put_part(self, name: str, parts: Sequence[bytes], index: int) -> list[int]:
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
        return _finished(self._http.request("GET", path, params=params)).json()

    def _post(self, path: str, body: dict[str, Any], *, operation_id: UUID) -> Any:
        answer = self._http.request(
            "POST",
            path,
            params={"operationId": str(operation_id)},
            json=body,
            idempotency_key=operation_id,
        )
        return _finished(answer).json()


def _place(box_id: str, sent: SentDocument) -> dict[str, str]:
    return {"boxId": box_id, "messageId": sent.message_id, "documentId": sent.document_id}


def _finished(answer: Answer) -> Answer:
    """204 means that the operator is still at work on this very operation."""
    if answer.status == 204:
        raise Unavailable(SYSTEM, "still at work", retry_after=answer.retry_after or 1)
    return answer


@contextmanager
def _spoken() -> Iterator[None]:
    """Turns the operator's codes into ours, and answers of an unknown shape into Unavailable."""
    try:
        yield
    except Refused as refusal:
        raise _translated(refusal) from refusal
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise Unavailable(SYSTEM, "the answer has another shape") from error


def _translated(refusal: Refused) -> Refused:
    if refusal.code in set(OperatorRefusal):
        return refusal
    code = REFUSALS.get(refusal.code, OperatorRefusal.REJECTED)
    if refusal.code.startswith(POWER_OF_ATTORNEY_CODES):
        code = OperatorRefusal.POWER_OF_ATTORNEY_INVALID
    return Refused(SYSTEM, code, refusal.message)
