"""Calling Diadoc: tokens, JSON, and operations that are still running."""

from typing import Any
from uuid import UUID

from econtract.platform.common.errors import Unavailable
from econtract.platform.common.http import OutsideHttp
from econtract.platform.common.http_responses import OutsideResponse
from edo.channels.operator.diadoc.errors import SYSTEM
from edo.channels.operator.tokens import get_token_source

MAX_SHELF_NAME_LENGTH = 200


class DiadocApi:
    """Methods raise what `OutsideHttp` raises, and Unavailable for a call that still runs."""

    def __init__(self) -> None:
        self.http = OutsideHttp(SYSTEM, get_token_source(SYSTEM))

    def get(self, path: str, **params: str | int | None) -> Any:
        """GET; the JSON of the response."""
        return require_finished(self.http.request("GET", path, params=params)).json()

    def post(self, path: str, body: dict[str, Any], *, operation_id: UUID) -> Any:
        """POST; the JSON of the response. Diadoc acts once for each operation id."""
        response = self.http.request(
            "POST",
            path,
            params={"operationId": str(operation_id)},
            json=body,
            idempotency_key=operation_id,
        )
        return require_finished(response).json()

    def upload(self, path: str, part: bytes, **params: str) -> str:
        """Upload a file or its first part; the response is the name that Diadoc has given it.

        Raises ValueError when it is not a name.
        """
        response = self.http.request("POST", path, params=params, content=part)
        name = response.content.decode().strip().strip('"')
        if not 0 < len(name) <= MAX_SHELF_NAME_LENGTH:
            raise ValueError("no name on the shelf")
        return name


def require_finished(response: OutsideResponse) -> OutsideResponse:
    """Raise Unavailable for 204: the operator is still processing this very operation."""
    if response.status == 204:
        raise Unavailable(SYSTEM, "still processing", retry_after=response.retry_after or 1)
    return response
