"""What the product expects of whoever holds the private keys of our signatories.

The product never sees a private key, except those of the provider «local». A cloud service or an
HSM is one more class of this Protocol, and one more entry in `registry.PROVIDERS`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from econtract.platform.common.errors import NotReadyYet

SYSTEM = "signing"
KEY_UNKNOWN = "unknown_key"
KEY_BLOCKED = "key_blocked"
CONFIRMATION_DECLINED = "confirmation_declined"
CONFIRMATION_EXPIRED = "confirmation_expired"
# The service has not finished, and asking again by ourselves could ask the person twice.
CONFIRMATION_FAILED = "confirmation_failed"
REFUSAL_CODES = frozenset(
    {
        KEY_UNKNOWN,
        KEY_BLOCKED,
        CONFIRMATION_DECLINED,
        CONFIRMATION_EXPIRED,
        CONFIRMATION_FAILED,
    }
)
CONFIRMATION_POLL_SECONDS = 5
DEFAULT_FILE_NAME = "document.pdf"


class ConfirmationPending(NotReadyYet):
    """The owner of the key has yet to confirm the signature, for example on their phone.

    Nothing has failed: the same call with the same idempotency key goes on. ``expires_at`` is the
    time limit for the confirmation. ``place`` says in Russian where they confirm it: «в приложении
    myDSS на телефоне».
    """

    def __init__(self, expires_at: datetime, place: str) -> None:
        super().__init__(
            "The owner of the key has yet to confirm.",
            seconds=CONFIRMATION_POLL_SECONDS,
            # The service says itself that the time is over.
            until=expires_at + timedelta(hours=1),
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

    def sign(
        self,
        key_ref: str,
        content: bytes,
        idempotency_key: UUID,
        *,
        file_name: str = DEFAULT_FILE_NAME,
    ) -> bytes:
        """A detached CMS SignedData (DER) over exactly ``content``.

        It contains the certificate and the attributes signing-time and signing-certificate-v2.
        The service does not check whether the certificate is valid. ``idempotency_key`` makes it
        safe to repeat the call: the owner of the key is never asked twice. ``file_name`` is what
        a person who has to confirm the signature sees. Raises Unavailable, ConfirmationPending, or
        Refused with the code `unknown_key`, `key_blocked`, `confirmation_declined`,
        `confirmation_expired` or `confirmation_failed`.
        """
