"""Responses of Diadoc without a server, and a document to send."""

import json
import uuid
from datetime import date
from typing import Any

from econtract.platform.common.http import OutsideHttp
from econtract.platform.common.http_responses import OutsideResponse
from edo.channels.operator.values import OutgoingDocument, OutgoingPower

NUMBER = uuid.UUID("4f0c3bd2-54b0-43b8-8f2c-0f9c4f0f6a11")
POWER = OutgoingPower(b"<p/>", b"ps", NUMBER, "7707049388", "770708901234")
DOCUMENT = OutgoingDocument(
    from_box_id="ours",
    to_box_id="theirs",
    custom_id=NUMBER,
    shelf_name="dd-api-1",
    signature=b"s",
    power=POWER,
    file_name="850.pdf",
    number="850",
    dated=date(2026, 11, 21),
    kind="contract",
)


class PlannedHttp:
    """The response to every call, or one for each path; records the calls."""

    def __init__(self) -> None:
        self.status, self.body, self.headers = 200, b"{}", {"Retry-After": "3"}
        self.by_path: dict[str, Any] = {}
        self.error: Exception | None = None
        self.calls: list[tuple[str, str, dict[str, Any]]] = []

    def request(self, http: OutsideHttp, method: str, path: str, **call: Any) -> OutsideResponse:
        self.calls.append((method, path, call))
        if self.error:
            raise self.error
        body = json.dumps(self.by_path[path]).encode() if path in self.by_path else self.body
        return OutsideResponse("edo", self.status, self.headers, body)

    def call(self, path: str) -> dict[str, Any]:
        """The arguments of the only call of that path."""
        [arguments] = [arguments for _, name, arguments in self.calls if name == path]
        return arguments
