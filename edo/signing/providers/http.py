"""The signing service behind SIGNING_URL."""

import base64
import binascii
from typing import Any
from uuid import UUID

from econtract.platform.common.errors import Unavailable
from econtract.platform.common.http import OutsideHttp
from edo.signing.providers.protocol import DEFAULT_FILE_NAME, SYSTEM, SigningKey


class HttpSigningService:
    """The service behind SIGNING_URL (docs/protocols.md, section 7)."""

    def __init__(self) -> None:
        self._http = OutsideHttp(SYSTEM)

    def list_keys(self) -> list[SigningKey]:
        response = self._http.get("/v1/keys")
        try:
            return [_parse_key(item) for item in response["keys"]]
        except (KeyError, TypeError):
            raise Unavailable(SYSTEM, "the list of keys is malformed") from None

    def sign(
        self,
        key_ref: str,
        content: bytes,
        idempotency_key: UUID,
        *,
        file_name: str = DEFAULT_FILE_NAME,
    ) -> bytes:
        response = self._http.post(
            "/v1/signatures",
            json={"key_ref": key_ref, "content": base64.b64encode(content).decode()},
            idempotency_key=idempotency_key,
        )
        try:
            return base64.b64decode(response["signature"], validate=True)
        except (KeyError, TypeError, binascii.Error):
            raise Unavailable(SYSTEM, "the response contains no signature") from None


def _parse_key(item: dict[str, Any]) -> SigningKey:
    return SigningKey(
        key_ref=item["key_ref"],
        surname=item["surname"],
        given_name=item["given_name"],
        patronymic=item["patronymic"],
        position=item["position"],
        inn=item["inn"],
        snils=item["snils"],
        role=item["role"],
        certificate_pem=item["certificate"],
    )
