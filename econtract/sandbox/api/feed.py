"""Event feeds of our own protocols."""

from __future__ import annotations

from typing import Any

from econtract.sandbox import clock, faults
from econtract.sandbox.api.protocol import Call, Json, View, bad_request, query
from econtract.sandbox.models import Event, FaultKind

PAGE = 100
_REPEATED = 5


def feed(system: str) -> View:
    """The view `GET <prefix>/events` of a system."""

    @query
    def view(call: Call) -> Json:
        after, limit = page_of(call)
        events = list(Event.objects.filter(system=system, id__gt=after).order_by("id")[:limit])
        cursor = events[-1].pk if events else after
        if events and faults.strike(call.request, FaultKind.ANSWER_TWICE):
            earlier = Event.objects.filter(system=system, id__lte=after).order_by("-id")
            events = [*reversed(earlier[:_REPEATED]), *(e for e in events for _ in range(2))]
        if events and faults.strike(call.request, FaultKind.REORDERED):
            events.reverse()
        return {"events": [_render(event) for event in events], "cursor": str(cursor)}

    return view


def page_of(call: Call, most: int = PAGE) -> tuple[int, int]:
    """`after` and `limit` of the query string; 400 when they are no numbers or out of range."""
    after, limit = call.request.GET.get("after") or "0", call.request.GET.get("limit") or str(most)
    if not (after.isascii() and after.isdigit() and len(after) < 18):
        raise bad_request("after: a cursor of this feed expected")
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:9]) <= most):
        raise bad_request(f"limit: 1..{most} expected")
    return int(after), int(limit)


def _render(event: Event) -> dict[str, Any]:
    return {
        "id": f"{event.system}-{event.pk}",
        "type": event.type,
        "ref": event.ref,
        "at": clock.iso(event.at),
        **event.payload,
    }
