"""Event feeds of the sandbox's own protocols (docs/protocols.md, section 1)."""

from __future__ import annotations

from typing import Any

from econtract.sandbox import clock, faults
from econtract.sandbox.api.protocol import ApiCall, Json, View, bad_request, query
from econtract.sandbox.models import FaultKind, FeedEvent

MAX_PAGE = 100
_REPEATED_EVENTS = 5


def event_feed(system: str) -> View:
    """Make the view `GET <prefix>/events` of a system."""

    @query
    def view(call: ApiCall) -> Json:
        after, limit = read_page(call)
        events = list(FeedEvent.objects.filter(system=system, id__gt=after).order_by("id")[:limit])
        cursor = events[-1].pk if events else after
        if events and faults.consume_fault(call.request, FaultKind.ANSWER_TWICE):
            earlier = FeedEvent.objects.filter(system=system, id__lte=after).order_by("-id")
            events = [*reversed(earlier[:_REPEATED_EVENTS]), *(e for e in events for _ in range(2))]
        if events and faults.consume_fault(call.request, FaultKind.REORDERED):
            events.reverse()
        return {"events": [_render_event(event) for event in events], "cursor": str(cursor)}

    return view


def read_page(call: ApiCall, max_limit: int = MAX_PAGE) -> tuple[int, int]:
    """`after` and `limit` of the query string; raises a 400 when one is not a number in range."""
    after = call.request.GET.get("after") or "0"
    limit = call.request.GET.get("limit") or str(max_limit)
    if not (after.isascii() and after.isdigit() and len(after) < 18):
        raise bad_request("after: a cursor of this feed expected")
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:9]) <= max_limit):
        raise bad_request(f"limit: 1..{max_limit} expected")
    return int(after), int(limit)


def _render_event(event: FeedEvent) -> dict[str, Any]:
    return {
        "id": f"{event.system}-{event.pk}",
        "type": event.type,
        "ref": event.ref,
        "at": clock.iso(event.at),
        **event.payload,
    }
