"""PostMessagePatch: sign, refuse, revoke (docs/protocols.md, section 9.5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse

from econtract.sandbox import cms
from econtract.sandbox.api.protocol import Fields, Json
from econtract.sandbox.edo import answers, entities, wire
from econtract.sandbox.edo.protocol import EdoCall, EdoRefused, endpoint, malformed, once
from econtract.sandbox.edo.shelf import content_of, read
from econtract.sandbox.edo.xml import rejection_xml, revocation_xml
from econtract.sandbox.models import EdoDocument, EdoEntity, Organisation

_PARTS = ("Signatures", "XmlSignatureRejections", "RevocationRequests")
_Act = Callable[[EdoDocument], list[EdoEntity]]


@endpoint("POST")
@once
def post_patch(call: EdoCall) -> Callable[[], Json]:
    """POST /V4/PostMessagePatch?operationId=."""
    box = call.caller.box(call.fields.text("BoxId"))
    given = {name: call.fields.data.get(name) for name in _PARTS if call.fields.data.get(name)}
    if len(given) != 1:
        raise malformed(f"Exactly one of {', '.join(_PARTS)} expected")
    [(part, items)] = given.items()
    if not isinstance(items, list) or len(items) != 1 or not isinstance(items[0], dict):
        raise malformed(f"{part}: a list of one object expected")
    item = Fields(items[0])
    message_id, entity_id = call.fields.text("MessageId"), item.text("ParentEntityId")
    document = find(box.box_id or "", message_id, entity_id)
    sender_side = document.message.from_box == box.box_id
    if sender_side != (part == "RevocationRequests"):
        raise EdoRefused(403, "Box.Forbidden", "This is for the other side to do")
    act = _signature(call, item) if part == "Signatures" else _paper(call, part, item)
    return lambda: _apply(call, act, box.box_id or "", message_id, entity_id)


@endpoint("POST")
def rejection(call: EdoCall) -> HttpResponse:
    """POST /V2/GenerateSignatureRejectionXml: the XML that the recipient signs to refuse."""
    document, box = _target(call)
    return _xml(rejection_xml(document, call.fields.text("ErrorMessage", limit=5000), box))


@endpoint("POST")
def revocation(call: EdoCall) -> HttpResponse:
    """POST /V2/GenerateRevocationRequestXml: the XML that the sender signs to revoke."""
    document, box = _target(call)
    return _xml(revocation_xml(document, call.fields.text("Comment", limit=5000), box))


def find(box_id: str, message_id: str, entity_id: str) -> EdoDocument:
    """A document of a message that the box takes part in; 404 otherwise."""
    rows = EdoDocument.objects.select_related("message").filter(message__message_id=message_id)
    documents = [row for row in rows if box_id in _boxes(row)]
    if not documents:
        raise EdoRefused(404, "Message.NotFound")
    document = next((row for row in documents if row.entity_id == entity_id), None)
    if document is None:
        raise EdoRefused(404, "Entity.NotFound")
    return document


def _boxes(row: EdoDocument) -> tuple[str, ...]:
    """Who sees the document: the recipient only once it is delivered."""
    sender = (row.message.from_box,)
    return sender if row.delivered_at is None else (*sender, row.message.to_box)


def _apply(call: EdoCall, act: _Act, box_id: str, message_id: str, entity_id: str) -> Json:
    # Read again, under the write lock: the other side may have acted meanwhile.
    document = find(box_id, message_id, entity_id)
    return wire.patch(document, box_id, act(document), call.now)


def _signature(call: EdoCall, item: Fields) -> _Act:
    name = item.text("SignatureNameOnShelf", required=False)
    owner = call.caller.shelf
    signature = read(owner, name, status=400) if name else item.bytes("Signature")
    if not signature:
        raise malformed("Signature is required")
    power, key = entities.power_of_attorney(item, owner), _key(call)
    return lambda row: answers.sign(row, signature, power, "api", call.now, key=key)


def _paper(call: EdoCall, part: str, item: Fields) -> _Act:
    signed = item.section("SignedContent")
    xml, signature = content_of(signed, call.caller.shelf), signed.bytes("Signature")
    verdict = cms.verify(xml, signature, call.now)
    if not verdict.valid:
        raise EdoRefused(400, "Signature.Invalid", verdict.problem)
    act: Any = answers.revoke if part == "RevocationRequests" else answers.reject
    key = _key(call)
    return lambda row: act(row, xml, signature, "api", call.now, key=key)


def _key(call: EdoCall) -> str:
    return call.argument("operationId").lower()


def _target(call: EdoCall) -> tuple[EdoDocument, Organisation]:
    box = call.caller.box(call.argument("boxId"))
    document = find(box.box_id or "", call.argument("messageId"), call.argument("attachmentId"))
    return document, box


def _xml(content: bytes) -> HttpResponse:
    return HttpResponse(content, content_type="application/xml")
