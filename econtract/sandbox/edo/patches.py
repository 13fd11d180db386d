"""PostMessagePatch: sign, refuse, revoke (docs/protocols.md, section 9.6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from django.http import HttpResponse

from econtract.sandbox import cms
from econtract.sandbox.api.protocol import Json, JsonFields
from econtract.sandbox.edo import delivery, docflow, powers, revocation, xml
from econtract.sandbox.edo.protocol import (
    EdoCall,
    conflict,
    document_not_found,
    endpoint,
    idempotent,
    invalid_request,
)
from econtract.sandbox.edo.shelf import read_content_field, read_item
from econtract.sandbox.models import EdoDocument, EdoEntity

_PARTS = ("Signatures", "XmlSignatureRejections", "RevocationRequests", "UniversalMessages")
# The document, whether its revocation request is meant, and whether the caller has sent it.
_Target = tuple[EdoDocument, bool, bool]
_Action = Callable[[EdoDocument], Json]


@endpoint("POST", body="Events.MessagePatchToPostV2", answer="Events.MessagePatch")
@idempotent
def post_message_patch(call: EdoCall) -> Callable[[], Json]:
    """POST /V4/PostMessagePatch?operationId=."""
    box_id = call.caller.box(call.fields.text("BoxId")).box_id or ""
    parts = {name: call.fields.data.get(name) for name in _PARTS if call.fields.data.get(name)}
    if len(parts) != 1:
        raise invalid_request(f"Exactly one of {', '.join(_PARTS)} expected")
    [(part, items)] = parts.items()
    if not isinstance(items, list) or len(items) != 1 or not isinstance(items[0], dict):
        raise invalid_request(f"{part}: a list of one object expected")
    item = JsonFields(items[0])
    message_id, entity_id = call.fields.text("MessageId"), item.text("ParentEntityId")
    target = _find_target(box_id, message_id, entity_id)
    action = _prepare(call, part, item, box_id, target)

    def work() -> Json:
        # Read the document again under the write lock: the other side may have changed it.
        document, _, _ = _find_target(box_id, message_id, entity_id)
        return action(document)

    return work


@endpoint("POST", body="Invoicing.SignatureRejectionGenerationRequestV2")
def generate_rejection_xml(call: EdoCall) -> HttpResponse:
    """POST /V2/GenerateSignatureRejectionXml?boxId=: the XML that refuses a signature."""
    box = call.caller.box(call.argument("boxId"))
    message_id, entity_id = call.fields.text("MessageId"), call.fields.text("AttachmentId")
    _check_signer_content(call.fields.bytes("SignerContent"))
    document, _, _ = _find_target(box.box_id or "", message_id, entity_id)
    reason = call.fields.text("ErrorMessage", required=False, limit=5000)
    return _xml_response(xml.build_rejection(document, reason, box, call.now))


@endpoint("POST", body="Invoicing.RevocationRequestInfo")
def generate_revocation_xml(call: EdoCall) -> HttpResponse:
    """POST /V2/GenerateRevocationRequestXml: the XML that asks for a revocation."""
    box = call.caller.box(call.argument("boxId"))
    document = find_document(
        box.box_id or "", call.argument("messageId"), call.argument("attachmentId")
    )
    version = xml.REVOCATION_VERSIONS.get(call.argument("contentTypeId"))
    if version is None:
        raise invalid_request(f"contentTypeId: {' or '.join(xml.REVOCATION_VERSIONS)} expected")
    content = xml.build_revocation(
        document,
        call.fields.text("Comment", required=False, limit=2000),
        box,
        call.now,
        version=version,
        signer=call.fields.subfields("Signer").subfields("SignerDetails"),
    )
    return _xml_response(content)


def find_document(box_id: str, message_id: str, entity_id: str) -> EdoDocument:
    """A document of a message that the box has access to; raises a 404."""
    rows = EdoDocument.objects.select_related("message").filter(message__message_id=message_id)
    documents = [row for row in rows if box_id in delivery.boxes_with_access(row)]
    if not documents:
        raise document_not_found(message_id)
    document = next((row for row in documents if row.entity_id == entity_id), None)
    if document is None:
        raise document_not_found(message_id)
    return document


def _find_target(box_id: str, message_id: str, entity_id: str) -> _Target:
    """The document with that entity id, or the one whose revocation request has it."""
    request = (
        EdoEntity.objects.filter(entity_id=entity_id, attachment_type="RevocationRequest")
        .select_related("document")
        .first()
    )
    document_id = request.document.entity_id if request else entity_id
    document = find_document(box_id, message_id, document_id)
    return document, request is not None, document.message.from_box == box_id


def _prepare(call: EdoCall, part: str, item: JsonFields, box_id: str, target: _Target) -> _Action:
    """The action that a part of the patch asks for, with everything validated."""
    _, is_revocation, is_sender = target
    key, now = call.argument("operationId").lower(), call.now
    if part == "RevocationRequests":
        content, signature = _read_signed_content(call, item)
        return lambda row: revocation.request_revocation(
            row, box_id, content, signature, "api", now, key=key
        )
    if is_sender and not is_revocation:
        raise conflict("Only the recipient answers the document")
    if part == "UniversalMessages":
        return _prepare_universal_message(call, item, key)
    if part == "XmlSignatureRejections":
        content, signature = _read_signed_content(call, item)
        reject: Any = revocation.reject_revocation if is_revocation else docflow.reject
        box = (box_id,) if is_revocation else ()
        return lambda row: reject(row, *box, content, signature, "api", now, key=key)
    signature = _read_signature(call, item)
    if is_revocation:
        return lambda row: revocation.accept_revocation(row, box_id, signature, "api", now, key=key)
    if item.data.get("IsApprovementSignature") is True:
        return lambda row: docflow.approve(row, signature, "api", now, key=key)
    power = powers.parse_power_of_attorney(item, call.caller.shelf)
    return lambda row: docflow.sign(row, signature, power, "api", now, key=key)


def _prepare_universal_message(call: EdoCall, item: JsonFields, key: str) -> _Action:
    if item.text("CodeGroup", required=False) != "Rejection":
        raise invalid_request("CodeGroup: the sandbox takes Rejection only")
    content = read_content_field(item.subfields("UniversalMessageContent"), call.caller.shelf)
    return lambda row: docflow.reject_by_message(row, content, "", "api", call.now, key=key)


def _read_signature(call: EdoCall, item: JsonFields) -> bytes:
    name = item.text("SignatureNameOnShelf", required=False)
    owner = call.caller.shelf
    signature = read_item(owner, name, status=400) if name else item.bytes("Signature")
    if not signature:
        raise invalid_request("Signature is required")
    return signature


def _read_signed_content(call: EdoCall, item: JsonFields) -> tuple[bytes, bytes]:
    """Content and signature of a request or refusal; the signature must be valid."""
    signed_content = item.subfields("SignedContent")
    content = read_content_field(signed_content, call.caller.shelf)
    signature = signed_content.bytes("Signature")
    check = cms.verify(content, signature, call.now)
    if not check.valid:
        raise invalid_request(f"The signature is invalid: {check.problem}")
    return content, signature


def _check_signer_content(content: bytes) -> None:
    """Raise a 400 unless it is the XML file of a universal signer."""
    try:
        root = ElementTree.fromstring(content)
    except (ElementTree.ParseError, DefusedXmlException, ValueError, LookupError):
        root = None
    if root is None or root.tag != "Signer":
        raise invalid_request("SignerContent: the XML of a universal signer expected")


def _xml_response(content: bytes) -> HttpResponse:
    root: Any = ElementTree.fromstring(content)
    response = HttpResponse(content, content_type="application/xml; charset=windows-1251")
    name = root.attrib["ИдФайл"]
    response["Content-Disposition"] = f'attachment; filename="{name}.xml"'
    return response
