"""What an EDO operator with a cloud signature offers besides `OperatorGateway`."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class CloudSigningStatus(StrEnum):
    """How far the signing of some files has come."""

    WAITING = "waiting"
    SIGNED = "signed"
    DECLINED = "declined"
    EXPIRED = "expired"
    FAILED = "failed"
    # The owner was not asked: they have yet to answer another question.
    OWNER_BUSY = "owner_busy"
    # The owner was not asked: the operator wants the call again later.
    RETRY_LATER = "retry_later"


@dataclass(frozen=True)
class ShelfFile:
    """A file on the operator's shelf, and the name that the owner of the certificate sees."""

    shelf_name: str
    file_name: str


@dataclass(frozen=True)
class CloudSigning:
    """The state of a signing. A file that could not be signed has None among `signatures`.

    `place` says in Russian where the owner of the certificate confirms; it may be "".
    """

    status: CloudSigningStatus
    signatures: tuple[bytes | None, ...] = ()
    place: str = ""


class CloudSigningGateway(Protocol):
    """Signs with certificates whose keys the operator keeps.

    Every method raises Unavailable, or Refused with a code of `edo.signing.providers.protocol`.
    """

    def upload(self, content: bytes) -> str:
        """Put a file on the operator's shelf; its name there."""

    def start(self, box_id: str, thumbprint: str, files: Sequence[ShelfFile]) -> str:
        """Ask the owner of the certificate to sign the files; the id of the signing.

        A repeated call asks again. ``thumbprint`` is the hexadecimal SHA-1 of the certificate.
        """

    def get_result(self, box_id: str, signing_id: str) -> CloudSigning:
        """The state of the signing."""
