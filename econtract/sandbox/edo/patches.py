"""PostMessagePatch: sign, reject, revoke (docs/protocols.md, section 9.5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse

from econtract.sandbox import cms
from econtract.sandbox.api.protocol import Json, JsonFields
from econtract.sandbox.edo import docflow, entities, rendering
from econtract.sandbox.edo.protocol import (
    EdoCall,
    EdoError,
    endpoint,
    idempotent,
    invalid_request,
)
from econtract.sandbox.edo.shelf import read_content_field, read_item
from econtract.sandbox.edo.xml import build_rejection_xml, build_revocation_xml
from econtract.sandbox.models import EdoDocument, EdoEntity, Organisation

_PARTS = ("Signatures", "XmlSignatureRejections", "RevocationRequests")
_Action = Callable[[EdoDocument], list[EdoEntity]]


@endpoint("POST")
@idempotent
def post_message_patch(call: EdoCall) -> Callable[[], Json]:
    """POST /V4/PostMessagePatch?operationId=."""
    box = call.caller.box(call.fields.text("BoxId"))
    parts = {name: call.fields.data.get(name) for name in _PARTS if call.fields.data.get(name)}
    if len(parts) != 1:
        raise invalid_request(f"Exactly one of {', '.join(_PARTS)} expected")
    [(part, items)] = parts.items()
    if not isinstance(items, list) or len(items) != 1 or not isinstance(items[0], dict):
        raise invalid_request(f"{part}: a list of one object expected")
    item = JsonFields(items[0])
    message_id, entity_id = call.fields.text("MessageId"), item.text("ParentEntityId")
    document = find_document(box.box_id or "", message_id, entity_id)
    is_sender = document.message.from_box == box.box_id
    if is_sender != (part == "RevocationRequests"):
        raise EdoError(403, "Box.Forbidden", "Only the other side may do this")
    if part == "Signatures":
        action = _prepare_signature(call, item)
    else:
        action = _prepare_attachment(call, part, item)
    return lambda: _apply(call, action, box.box_id or "", message_id, entity_id)


@endpoint("POST")
def generate_rejection_xml(call: EdoCall) -> HttpResponse:
    """POST /V2/GenerateSignatureRejectionXml: the XML that the recipient signs to reject."""
    document, box = _find_target(call)
    reason = call.fields.text("ErrorMessage", limit=5000)
    return _xml_response(build_rejection_xml(document, reason, box))


@endpoint("POST")
def generate_revocation_xml(call: EdoCall) -> HttpResponse:
    """POST /V2/GenerateRevocationRequestXml: the XML that the sender signs to revoke."""
    document, box = _find_target(call)
    reason = call.fields.text("Comment", limit=5000)
    return _xml_response(build_revocation_xml(document, reason, box))


def find_document(box_id: str, message_id: str, entity_id: str) -> EdoDocument:
    """A document of a message that the box has access to; raises a 404."""
    rows = EdoDocument.objects.select_related("message").filter(message__message_id=message_id)
    documents = [row for row in rows if box_id in _boxes_with_access(row)]
    if not documents:
        raise EdoError(404, "Message.NotFound")
    document = next((row for row in documents if row.entity_id == entity_id), None)
    if document is None:
        raise EdoError(404, "Entity.NotFound")
    return document


def _boxes_with_access(document: EdoDocument) -> tuple[str, ...]:
    """The sender's box and, after delivery, the recipient's."""
    message = document.message
    if document.delivered_at is None:
        return (message.from_box,)
    return (message.from_box, message.to_box)


def _apply(call: EdoCall, action: _Action, box_id: str, message_id: str, entity_id: str) -> Json:
    # Read the document again under the write lock: the other side may have changed it.
    document = find_document(box_id, message_id, entity_id)
    return rendering.render_patch(document, box_id, action(document), call.now)


def _prepare_signature(call: EdoCall, item: JsonFields) -> _Action:
    name = item.text("SignatureNameOnShelf", required=False)
    owner = call.caller.shelf
    signature = read_item(owner, name, status=400) if name else item.bytes("Signature")
    if not signature:
        raise invalid_request("Signature is required")
    power_of_attorney, key = entities.parse_power_of_attorney(item, owner), _operation_id(call)
    return lambda row: docflow.sign(row, signature, power_of_attorney, "api", call.now, key=key)


def _prepare_attachment(call: EdoCall, part: str, item: JsonFields) -> _Action:
    """The action for a rejection or a revocation, whose signature must be valid."""
    signed_content = item.subfields("SignedContent")
    xml, signature = (
        read_content_field(signed_content, call.caller.shelf),
        signed_content.bytes("Signature"),
    )
    check = cms.verify(xml, signature, call.now)
    if not check.valid:
        raise EdoError(400, "Signature.Invalid", check.problem)
    action: Any = docflow.revoke if part == "RevocationRequests" else docflow.reject
    key = _operation_id(call)
    return lambda row: action(row, xml, signature, "api", call.now, key=key)


def _operation_id(call: EdoCall) -> str:
    return call.argument("operationId").lower()


def _find_target(call: EdoCall) -> tuple[EdoDocument, Organisation]:
    """The document of the query string and the caller's organisation."""
    box = call.caller.box(call.argument("boxId"))
    message_id, entity_id = call.argument("messageId"), call.argument("attachmentId")
    return find_document(box.box_id or "", message_id, entity_id), box


def _xml_response(content: bytes) -> HttpResponse:
    return HttpResponse(content, content_type="application/xml")
