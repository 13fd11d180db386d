"""The time-stamp service (RFC 3161 over HTTP). It knows no tokens and no idempotency keys."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from econtract.sandbox.api.protocol import sandbox_time
from econtract.sandbox.timestamps import build_response

QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
MAX_QUERY_BYTES = 4096
UNSUPPORTED_MEDIA_TYPE, TOO_LARGE = 415, 413


@csrf_exempt
@require_POST
def create_timestamp(request: HttpRequest) -> HttpResponse:
    """POST /tsp: a TimeStampReq in DER; the response is a TimeStampResp."""
    if request.content_type != QUERY:
        return HttpResponse(status=UNSUPPORTED_MEDIA_TYPE)
    if len(request.body) > MAX_QUERY_BYTES:
        return HttpResponse(status=TOO_LARGE)
    return HttpResponse(build_response(request.body, sandbox_time(request)), content_type=REPLY)
