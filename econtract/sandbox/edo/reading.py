"""Reading messages, events and contents (docs/protocols.md, section 9.4)."""

from __future__ import annotations

import base64
import binascii

from django.http import HttpResponse

from econtract.sandbox import faults
from econtract.sandbox.api.protocol import Json, encode_base64
from econtract.sandbox.edo import entities, wire
from econtract.sandbox.edo.protocol import EdoCall, EdoRefused, endpoint, malformed
from econtract.sandbox.models import (
    EdoDocument,
    EdoEntity,
    EdoEvent,
    EdoMessage,
    EdoPowerOfAttorney,
    FaultKind,
)

_PAGE = 100
_REPEATED = 5


@endpoint("GET")
def get_message(call: EdoCall) -> Json:
    """GET /V6/GetMessage."""
    message, box_id = _message(call)
    with_content = call.request.GET.get("injectEntityContent", "").lower() == "true"
    body = wire.message(message, box_id, with_content=with_content)
    if entity_id := call.request.GET.get("entityId"):
        body["Entities"] = [
            part
            for part in body["Entities"]
            if entity_id in (part["EntityId"], part["ParentEntityId"])
        ]
    return body


@endpoint("GET")
def get_new_events(call: EdoCall) -> Json:
    """GET /V8/GetNewEvents."""
    box_id = call.caller.box(call.argument("boxId")).box_id or ""
    after, limit = _cursor(call.request.GET.get("afterIndexKey", "")), _limit(call)
    newer = EdoEvent.objects.filter(box_id=box_id, pk__gt=after)
    events = list(newer.order_by("id")[:limit])
    total = len(events) if len(events) < limit else newer.count()
    if events and faults.strike(call.request, FaultKind.ANSWER_TWICE):
        earlier = EdoEvent.objects.filter(box_id=box_id, pk__lte=after).order_by("-id")
        twice = [event for event in events for _ in range(2)]
        events = [*reversed(earlier[:_REPEATED]), *twice]
    if events and faults.strike(call.request, FaultKind.REORDERED):
        events.reverse()
    return {"Events": [_render(event) for event in events], "TotalCount": total}


@endpoint("GET")
def get_entity_content(call: EdoCall) -> HttpResponse:
    """GET /V4/GetEntityContent."""
    message, _ = _message(call)
    entity_id = call.argument("entityId")
    known = (
        EdoDocument.objects.filter(message=message, entity_id=entity_id).exists()
        or EdoEntity.objects.filter(document__message=message, entity_id=entity_id).exists()
    )
    if not known:
        raise EdoRefused(404, "Entity.NotFound")
    return HttpResponse(entities.content(entity_id), content_type="application/octet-stream")


@endpoint("GET")
def get_power_of_attorney_content(call: EdoCall) -> Json:
    """GET /V2/GetPowerOfAttorneyContent."""
    message, _ = _message(call)
    power = EdoPowerOfAttorney.objects.filter(
        signature__document__message=message, entity_id=call.argument("entityId")
    ).first()
    if power is None or power.content is None or power.content_signature is None:
        raise EdoRefused(404, "PowerOfAttorney.NotFound")
    pair = {
        "Content": encode_base64(power.content),
        "Signature": encode_base64(power.content_signature),
    }
    return {"Contents": [pair]}


def _message(call: EdoCall) -> tuple[EdoMessage, str]:
    """The message and the caller's box; the recipient sees it only once something is delivered."""
    box_id = call.caller.box(call.argument("boxId")).box_id or ""
    message = EdoMessage.objects.filter(message_id=call.argument("messageId")).first()
    if message and message.from_box == box_id:
        return message, box_id
    delivered = message and message.documents.exclude(delivered_at=None).exists()
    if message is None or message.to_box != box_id or not delivered:
        raise EdoRefused(404, "Message.NotFound")
    return message, box_id


def _render(event: EdoEvent) -> Json:
    return {"EventId": event.event_id, "IndexKey": _index_key(event.pk), **event.body}


def _index_key(number: int) -> str:
    """Base64, so that it needs URL-encoding as the real one does."""
    return base64.b64encode(b"\xfb\xff" + number.to_bytes(8, "big")).decode()


def _cursor(key: str) -> int:
    if not key:
        return 0
    try:
        raw = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        raise malformed("afterIndexKey: an IndexKey of this feed expected") from None
    if len(raw) != 10 or raw[:2] != b"\xfb\xff" or raw[2] > 0x7F:
        raise malformed("afterIndexKey: an IndexKey of this feed expected")
    return int.from_bytes(raw[2:], "big")


def _limit(call: EdoCall) -> int:
    limit = call.request.GET.get("limit") or str(_PAGE)
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:9]) <= _PAGE):
        raise malformed(f"limit: 1..{_PAGE} expected")
    return int(limit)
