"""One identifier for a request, from the first log line to the outside call."""

import logging
import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

_request_id: ContextVar[str] = ContextVar("request_id", default="-")
_ACCEPTED = re.compile(r"[A-Za-z0-9-]{8,64}\Z")


def current_request_id() -> str:
    """The identifier of the request or job at hand, «-» outside of one."""
    return _request_id.get()


def start_request_id(value: str | None = None) -> str:
    """Begins a new identifier (``value``, or a random one) for this thread of work."""
    chosen = value or uuid.uuid4().hex
    _request_id.set(chosen)
    return chosen


class RequestIdMiddleware:
    """Takes the identifier from the proxy when it is well-formed, makes one otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        offered = request.headers.get("X-Request-Id", "")
        request_id = start_request_id(offered if _ACCEPTED.match(offered) else None)
        response = self.get_response(request)
        response["X-Request-Id"] = request_id
        return response


class RequestIdFilter(logging.Filter):
    """Gives every log record its request identifier."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current_request_id()
        return True
