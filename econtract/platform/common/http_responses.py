"""What comes back from an outside system: responses, and the errors that they mean."""

import json as json_text
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from django.core.cache import cache

from econtract.platform.common.errors import Refused, Unavailable

log = logging.getLogger(__name__)

# The system may answer later.
TEMPORARY_STATUSES = frozenset({408, 425, 429})
# The system never considered the request: an administrator has to act, and then it may succeed.
UNAUTHORIZED = "unauthorized"
BLOCKED_CODES = {
    401: UNAUTHORIZED,
    402: "subscription_ended",
    405: "method_unsupported",
    415: "format_unsupported",
}
ERROR_CODE_HEADERS = ("X-Diadoc-ErrorCode",)
# Code and text in the body of an error: our own protocols, and OAuth (RFC 6749).
ERROR_FIELDS = (("code", "message"), ("error", "error_description"))
DEPRECATION_LOG_SECONDS = 24 * 60 * 60


@dataclass(frozen=True)
class OutsideResponse:
    """A response whose body has been read. `OutsideHttp` returns only successful ones (2xx)."""

    system: str
    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The parsed body. Raises Unavailable if it is not JSON: the system is at fault."""
        try:
            return json_text.loads(self.content)
        except ValueError:
            raise Unavailable(self.system, "the response is not JSON") from None

    @property
    def retry_after(self) -> float | None:
        """Seconds that the system asks to wait; None without the header."""
        return _parse_retry_after(self.headers.get("Retry-After"))


def build_error(response: OutsideResponse) -> Unavailable | Refused:
    """The error that an unsuccessful response means.

    4xx is final, except `TEMPORARY_STATUSES` and `BLOCKED_CODES`. Any other status may succeed
    later.
    """
    system, status = response.system, response.status
    if code := BLOCKED_CODES.get(status):
        log.error("outside system=%s blocked status=%d code=%s", system, status, code)
        return Unavailable(system, f"answered {status}", code=code)
    if 400 <= status < 500 and status not in TEMPORARY_STATUSES:
        return Refused(system, *_read_code_and_text(response), status=status)
    return Unavailable(system, f"answered {status}", retry_after=response.retry_after)


def log_deprecation(response: OutsideResponse, method: str, path_template: str) -> None:
    """Warn, once a day for each method, when the system announces that it will remove it."""
    sunset = response.headers.get("Sunset")
    if not sunset:
        return
    key = f"sunset:{response.system}:{method}:{path_template}"
    if cache.add(key.replace(" ", "_"), True, DEPRECATION_LOG_SECONDS):
        log.warning(
            "outside system=%s method=%s path=%s will be removed sunset=%s link=%s",
            response.system,
            method,
            path_template,
            sunset[:100],
            response.headers.get("Link", "-")[:300],
        )


def _read_code_and_text(response: OutsideResponse) -> tuple[str, str]:
    text = response.content[:300].decode(errors="replace")
    for header in ERROR_CODE_HEADERS:
        if code := response.headers.get(header):
            return code[:100], text
    try:
        body = json_text.loads(response.content)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        body = {}
    for code_field, text_field in ERROR_FIELDS:
        code = body.get(code_field)
        if isinstance(code, str) and code:
            return code[:100], str(body.get(text_field, ""))[:300]
    return f"http_{response.status}", text


def _parse_retry_after(value: str | None) -> float | None:
    """The header is a number of seconds or a date."""
    if not value:
        return None
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max((at.astimezone(UTC) - datetime.now(UTC)).total_seconds(), 0.0)
