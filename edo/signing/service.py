"""The signing service: whoever holds our signatories' keys.

The product never sees a private key of the HTTP provider. A cloud or an HSM is one more class of
this Protocol and one more name of SIGNING_PROVIDER.
"""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings

from econtract.platform.common.errors import Unavailable
from econtract.platform.common.http import OutsideHttp
from edo.signing.local_keys import LocalKeys

SYSTEM = "signing"
KEY_UNKNOWN = "unknown_key"
KEY_BLOCKED = "key_blocked"


@dataclass(frozen=True)
class SigningKey:
    """A key that the service signs with, and whose it is.

    `inn` has 12 digits, `snils` 11, as in the certificate; `role` is "head" or "signatory".
    """

    key_ref: str
    surname: str
    given_name: str
    patronymic: str
    position: str
    inn: str
    snils: str
    role: str
    certificate_pem: str


class SigningService(Protocol):
    """Signs bytes with a key that it alone holds."""

    def list_keys(self) -> list[SigningKey]:
        """The keys that it holds. Raises Unavailable or Refused."""

    def sign(self, key_ref: str, content: bytes, idempotency_key: UUID) -> bytes:
        """A detached CMS SignedData (DER) over exactly ``content``.

        Attributes signing-time and signing-certificate-v2 and the certificate are inside. The
        service does not judge the certificate. Raises Unavailable, or Refused with
        `unknown_key` or `key_blocked`.
        """


class HttpSigningService:
    """The service behind SIGNING_URL (docs/protocols.md, section 7)."""

    def __init__(self) -> None:
        self._http = OutsideHttp(SYSTEM)

    def list_keys(self) -> list[SigningKey]:
        answer = self._http.get("/v1/keys")
        try:
            return [_key(item) for item in answer["keys"]]
        except (KeyError, TypeError):
            raise Unavailable(SYSTEM, "the list of keys has another shape") from None

    def sign(self, key_ref: str, content: bytes, idempotency_key: UUID) -> bytes:
        answer = self._http.post(
            "/v1/signatures",
            json={"key_ref": key_ref, "content": base64.b64encode(content).decode()},
            idempotency_key=idempotency_key,
        )
        try:
            return base64.b64decode(answer["signature"], validate=True)
        except (KeyError, TypeError, binascii.Error):
            raise Unavailable(SYSTEM, "the answer holds no signature") from None


def _key(item: dict[str, Any]) -> SigningKey:
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


class LocalSigningService:
    """Keys in files of SIGNING_KEYS_DIR, for an installation with no signing service."""

    def __init__(self) -> None:
        self._keys = LocalKeys(settings.SIGNING_KEYS_DIR, settings.SIGNING_KEYS_PASSWORD)

    def list_keys(self) -> list[SigningKey]:
        return [
            SigningKey(
                key_ref=key_ref,
                surname=owner.surname or owner.owner,
                given_name=owner.given_name.split(" ")[0],
                patronymic=" ".join(owner.given_name.split(" ")[1:]),
                position=owner.position,
                inn=owner.inn,
                snils=owner.snils,
                role="signatory",
                certificate_pem=owner.pem,
            )
            for key_ref, owner in self._keys.owners().items()
        ]

    def sign(self, key_ref: str, content: bytes, idempotency_key: UUID) -> bytes:
        """Signing twice has no effect outside this process, so the key is not needed."""
        return self._keys.sign(key_ref, content)


PROVIDERS: dict[str, Callable[[], SigningService]] = {
    "http": HttpSigningService,
    "local": LocalSigningService,
}


def signing_service() -> SigningService:
    """The provider named by SIGNING_PROVIDER."""
    return PROVIDERS[settings.SIGNING_PROVIDER]()
