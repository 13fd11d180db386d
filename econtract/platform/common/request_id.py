"""The id of the current request or job, in every log line and outside call."""

import logging
import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

_request_id: ContextVar[str] = ContextVar("request_id", default="-")
_WELL_FORMED = re.compile(r"[A-Za-z0-9-]{8,64}\Z")


def current_request_id() -> str:
    """«-» outside of requests and jobs."""
    return _request_id.get()


def set_request_id(value: str | None = None) -> str:
    """Sets ``value``, or a random id, in the current context, and returns it."""
    request_id = value or uuid.uuid4().hex
    _request_id.set(request_id)
    return request_id


class RequestIdMiddleware:
    """Takes a well-formed id from the X-Request-Id of the proxy, otherwise creates one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        header = request.headers.get("X-Request-Id", "")
        request_id = set_request_id(header if _WELL_FORMED.match(header) else None)
        response = self.get_response(request)
        response["X-Request-Id"] = request_id
        return response


class RequestIdFilter(logging.Filter):
    """Adds ``request_id`` to every log record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current_request_id()
        return True
