"""Reading messages, events and contents (docs/protocols.md, section 9.5)."""

from __future__ import annotations

import base64
import binascii

from django.db.models import Q
from django.http import HttpResponse

from econtract.sandbox import faults
from econtract.sandbox.api.protocol import Json, encode_base64
from econtract.sandbox.edo import entities, rendering
from econtract.sandbox.edo.protocol import (
    EdoCall,
    EdoError,
    document_not_found,
    endpoint,
    invalid_request,
)
from econtract.sandbox.models import (
    EdoDocument,
    EdoEntity,
    EdoEvent,
    EdoMessage,
    EdoPowerOfAttorney,
    FaultKind,
)

_MAX_PAGE = 100
_REPEATED_EVENTS = 5


@endpoint("GET", answer="Events.Message")
def get_message(call: EdoCall) -> Json:
    """GET /V6/GetMessage."""
    message, box_id = _find_message(call)
    with_content = call.request.GET.get("injectEntityContent", "").lower() == "true"
    body = rendering.render_message(message, box_id, with_content=with_content)
    if entity_id := call.request.GET.get("entityId"):
        body["Entities"] = [
            part
            for part in body["Entities"]
            if entity_id in (part["EntityId"], part.get("ParentEntityId"))
        ]
    return body


@endpoint("GET", answer="Events.BoxEventList")
def get_new_events(call: EdoCall) -> Json:
    """GET /V8/GetNewEvents."""
    box_id = call.caller.box(call.argument("boxId")).box_id or ""
    after, limit = _parse_index_key(call.request.GET.get("afterIndexKey", "")), _read_limit(call)
    newer = EdoEvent.objects.filter(box_id=box_id, pk__gt=after)
    events = list(newer.order_by("id")[:limit])
    total = len(events) if len(events) < limit else newer.count()
    if events and faults.consume_fault(call.request, FaultKind.ANSWER_TWICE):
        earlier = EdoEvent.objects.filter(box_id=box_id, pk__lte=after).order_by("-id")
        twice = [event for event in events for _ in range(2)]
        events = [*reversed(earlier[:_REPEATED_EVENTS]), *twice]
    if events and faults.consume_fault(call.request, FaultKind.REORDERED):
        events.reverse()
    return {
        "Events": [_render_event(event) for event in events],
        "TotalCount": total,
        "TotalCountType": "Equal",
    }


@endpoint("GET")
def get_entity_content(call: EdoCall) -> HttpResponse:
    """GET /V4/GetEntityContent."""
    message, box_id = _find_message(call)
    entity_id = call.argument("entityId")
    visible = Q(only_box="") | Q(only_box=box_id)
    rows = EdoEntity.objects.filter(visible, document__message=message, entity_id=entity_id)
    is_document = EdoDocument.objects.filter(message=message, entity_id=entity_id).exists()
    if not (is_document or rows.exists()):
        raise document_not_found(message.message_id)
    return HttpResponse(entities.read_content(entity_id), content_type="application/octet-stream")


@endpoint("GET", answer="PowersOfAttorney.PowerOfAttorneyContentResponse")
def get_power_of_attorney_content(call: EdoCall) -> Json:
    """GET /V2/GetPowerOfAttorneyContent."""
    message, _ = _find_message(call)
    power = EdoPowerOfAttorney.objects.filter(
        signature__document__message=message, entity_id=call.argument("entityId")
    ).first()
    if power is None or power.content is None or power.content_signature is None:
        raise EdoError(404, "DiadocApi.NotFound", "The power of attorney has no content")
    content = {
        "Content": encode_base64(power.content),
        "Signature": encode_base64(power.content_signature),
        "FullId": power.full_id,
    }
    return {"Content": content, "DelegationChain": []}


def _find_message(call: EdoCall) -> tuple[EdoMessage, str]:
    """The message and the caller's box. The recipient sees it after a document is delivered."""
    box_id = call.caller.box(call.argument("boxId")).box_id or ""
    message = EdoMessage.objects.filter(message_id=call.argument("messageId")).first()
    if message and message.from_box == box_id:
        return message, box_id
    is_delivered = message and message.documents.exclude(delivered_at=None).exists()
    if message is None or message.to_box != box_id or not is_delivered:
        raise document_not_found(call.argument("messageId"))
    return message, box_id


def _render_event(event: EdoEvent) -> Json:
    return {"EventId": event.event_id, "IndexKey": _build_index_key(event.pk), **event.body}


def _build_index_key(number: int) -> str:
    """An opaque key in base64, so that it needs URL encoding like the real one."""
    return base64.b64encode(b"\xfb\xff" + number.to_bytes(8, "big")).decode()


def _parse_index_key(key: str) -> int:
    if not key:
        return 0
    try:
        raw = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        raise invalid_request("afterIndexKey: an IndexKey of this feed expected") from None
    if len(raw) != 10 or raw[:2] != b"\xfb\xff" or raw[2] > 0x7F:
        raise invalid_request("afterIndexKey: an IndexKey of this feed expected")
    return int.from_bytes(raw[2:], "big")


def _read_limit(call: EdoCall) -> int:
    limit = call.request.GET.get("limit") or str(_MAX_PAGE)
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:9]) <= _MAX_PAGE):
        raise invalid_request(f"limit: 1..{_MAX_PAGE} expected")
    return int(limit)
