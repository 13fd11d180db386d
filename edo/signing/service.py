"""The signing service, which holds the private keys of our signatories.

The product never sees a private key of the HTTP provider. To add a cloud service or an HSM, write
one more class of this Protocol and add it to PROVIDERS.
"""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings

from econtract.platform.common.errors import NotReadyYet, Unavailable
from econtract.platform.common.http import OutsideHttp
from edo.signing.local_keys import LocalKeyFolder

SYSTEM = "signing"
KEY_UNKNOWN = "unknown_key"
KEY_BLOCKED = "key_blocked"
CONFIRMATION_DECLINED = "confirmation_declined"
CONFIRMATION_EXPIRED = "confirmation_expired"
CONFIRMATION_POLL_SECONDS = 5


class ConfirmationPending(NotReadyYet):
    """The owner of the key has yet to confirm the signature, for example on their phone.

    Nothing has failed: the same call with the same idempotency key goes on. ``expires_at`` is the
    time limit for the confirmation. ``place`` says in Russian where they confirm it: «в приложении
    myDSS на телефоне».
    """

    def __init__(self, expires_at: datetime, place: str) -> None:
        super().__init__(
            "The owner of the key has yet to confirm.", seconds=CONFIRMATION_POLL_SECONDS
        )
        self.expires_at = expires_at
        self.place = place


@dataclass(frozen=True)
class SigningKey:
    """A key of the service and its owner.

    `inn` has 12 digits, `snils` 11, as in the certificate; `role` is "head" or "signatory". The key
    of the seal belongs to no person and is not listed.
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
    """Signs bytes with a private key that never leaves it."""

    def list_keys(self) -> list[SigningKey]:
        """All keys of the service. Raises Unavailable or Refused."""

    def sign(self, key_ref: str, content: bytes, idempotency_key: UUID) -> bytes:
        """A detached CMS SignedData (DER) over exactly ``content``.

        It contains the certificate and the attributes signing-time and signing-certificate-v2.
        The service does not check whether the certificate is valid. ``idempotency_key`` makes it
        safe to repeat the call: the owner of the key is never asked twice. Raises Unavailable,
        ConfirmationPending, or Refused with the code `unknown_key`, `key_blocked`,
        `confirmation_declined` or `confirmation_expired`.
        """


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

    def sign(self, key_ref: str, content: bytes, idempotency_key: UUID) -> bytes:
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


class LocalSigningService:
    """Keys in files of SIGNING_KEYS_DIR, for an installation without a signing service."""

    def __init__(self) -> None:
        self._keys = LocalKeyFolder(settings.SIGNING_KEYS_DIR, settings.SIGNING_KEYS_PASSWORD)

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
            for key_ref, owner in self._keys.list_owners().items()
            if not owner.is_seal
        ]

    def sign(self, key_ref: str, content: bytes, idempotency_key: UUID) -> bytes:
        """Signing twice has no outside effect, so the idempotency key is not used."""
        return self._keys.sign(key_ref, content)


PROVIDERS: dict[str, Callable[[], SigningService]] = {
    "http": HttpSigningService,
    "local": LocalSigningService,
}


def get_signing_service() -> SigningService:
    """The provider that SIGNING_PROVIDER names."""
    return PROVIDERS[settings.SIGNING_PROVIDER]()


def get_seal_service() -> SigningService:
    """The provider that SEAL_PROVIDER names, by default SIGNING_PROVIDER: it has our seal's key."""
    return PROVIDERS[settings.SEAL_PROVIDER or settings.SIGNING_PROVIDER]()
