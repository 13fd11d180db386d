"""Faults over the control API (docs/protocols.md, section 11)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from econtract.sandbox.api.protocol import (
    ApiError,
    Json,
    JsonFields,
    bad_request,
    read_bearer_token,
    read_fields,
)
from econtract.sandbox.faults import SYSTEMS, active_faults, remove_faults
from econtract.sandbox.models import Fault, FaultKind


@csrf_exempt
def faults(request: HttpRequest, number: int | None = None) -> HttpResponseBase:
    """GET, POST, DELETE faults and DELETE faults/<id>."""
    try:
        if not read_bearer_token(request):
            raise ApiError(401, "unauthorized")
        if request.method == "POST" and number is None:
            fault = create_fault(read_fields(request))
            return JsonResponse(render_fault(fault), status=201)
        if request.method == "DELETE":
            remove_faults(number)
        elif request.method != "GET" or number is not None:
            raise ApiError(405, "method_not_allowed")
    except ApiError as error:
        return error.to_response()
    return JsonResponse({"faults": [render_fault(fault) for fault in active_faults()]})


def create_fault(fields: JsonFields) -> Fault:
    """A new fault from its description; ApiError 400 when that is malformed."""
    system, kind = fields.text("system"), fields.text("kind")
    if system not in (*SYSTEMS, "*"):
        raise bad_request(f"system: one of {', '.join(SYSTEMS)} or * expected")
    if kind not in FaultKind.values:
        raise bad_request(f"kind: one of {', '.join(FaultKind.values)} expected")
    times, seconds = fields.number("times"), fields.number("seconds")
    status = fields.number("status") or 500
    if not 400 <= status <= 599 or not 0 <= (seconds or 0) <= 120 or not 0 <= (times or 0) <= 10**6:
        raise bad_request("status 400..599, seconds 0..120, times 1..1000000 expected")
    return Fault.objects.create(
        system=system,
        kind=kind,
        path_contains=fields.text("path_contains", required=False, limit=100),
        times_left=None if times is None else int(times),
        seconds=3 if seconds is None else seconds,
        status=int(status),
        code=fields.text("code", required=False, limit=60) or "simulated_error",
        drop=fields.data.get("drop") is True,
    )


def render_fault(fault: Fault) -> Json:
    """A fault in the control API's format."""
    return {
        "id": fault.pk,
        "system": fault.system,
        "path_contains": fault.path_contains or None,
        "kind": fault.kind,
        "times": fault.times_left,
        "seconds": fault.seconds,
        "status": fault.status,
        "code": fault.code,
        "drop": fault.drop,
    }
