"""What an EDO operator must offer, in our terms. One class per operator implements it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class OperatorRefusalCode(StrEnum):
    """Every code of Refused that a gateway may raise."""

    NO_BOX = "no_box"
    STRANGER_FORBIDDEN = "stranger_forbidden"
    POWER_OF_ATTORNEY_INVALID = "power_of_attorney_invalid"
    TOO_LARGE = "too_large"
    ALREADY_SIGNED = "already_signed"
    ALREADY_REVOKED = "already_revoked"
    REJECTED = "rejected"


class SenderSignatureStatus(StrEnum):
    """The operator's check of our signature. It is made only after the sending."""

    PENDING = "pending"
    VALID = "valid"
    INVALID = "invalid"


class RecipientResponse(StrEnum):
    """What the client did with the document."""

    NONE = "none"
    SIGNED = "signed"
    # The operator considers the client's signature invalid.
    SIGNED_INVALID = "signed_invalid"
    REFUSED = "refused"


@dataclass(frozen=True)
class RecipientBox:
    """The client's organisation at the operator and its box."""

    organisation_id: str
    box_id: str
    accepts_strangers: bool


@dataclass(frozen=True)
class OutgoingDocument:
    """A signed document to send. Its content must be on the operator's shelf already."""

    from_box_id: str
    to_box_id: str
    custom_id: UUID
    shelf_name: str
    signature: bytes
    power_of_attorney: bytes
    power_of_attorney_signature: bytes
    file_name: str
    number: str
    dated: date
    kind: str


@dataclass(frozen=True)
class SentDocument:
    """The operator's ids of a document that we sent."""

    message_id: str
    document_id: str


@dataclass(frozen=True)
class DocumentStatus:
    """What the operator knows about a sent document now.

    `recipient_signature_id` and `recipient_signed_at` (by the operator's clock) are set once the
    client has signed, `refusal_id` once they have refused.
    """

    sender_signature: SenderSignatureStatus
    is_power_attached: bool
    is_power_valid: bool
    delivered_at: datetime | None
    response: RecipientResponse
    is_revoked: bool
    recipient_signature_id: str = ""
    recipient_signed_at: datetime | None = None
    refusal_id: str = ""


@dataclass(frozen=True)
class OperatorEvent:
    """Something happened to a message; `custom_id` is our own id of its document."""

    event_id: str
    message_id: str
    custom_id: str


class OperatorGateway(Protocol):
    """The client of one EDO operator.

    Every method raises Unavailable, or Refused with an `OperatorRefusalCode`.
    """

    def find_recipient(self, inn: str, kpp: str) -> RecipientBox | None:
        """The client's box (that of the branch with ``kpp``, if given); None without one."""

    def accepts_documents(self, box_id: str, recipient: RecipientBox) -> bool:
        """Whether the recipient accepts documents from our box now. Changes nothing."""

    def ensure_partnership(self, box_id: str, recipient: RecipientBox) -> None:
        """Make our organisation and the recipient partners, unless they are already."""

    def upload_to_shelf(self, name: str, content: bytes) -> None:
        """Store content for a later `send`. The same name replaces it."""

    def send(self, document: OutgoingDocument, operation_id: UUID) -> SentDocument:
        """Send the document. The same operation id never creates a second one."""

    def get_status(self, box_id: str, sent: SentDocument) -> DocumentStatus:
        """The current state of the document."""

    def fetch_content(self, box_id: str, message_id: str, entity_id: str) -> bytes:
        """The bytes of a document, a signature or another entity of a message."""

    def fetch_refusal_reason(self, box_id: str, sent: SentDocument, refusal_id: str) -> str:
        """Why the client refused, in their words; empty when they gave no reason."""

    def build_revocation_request(self, box_id: str, sent: SentDocument, comment: str) -> bytes:
        """The revocation request that we have to sign."""

    def revoke(
        self,
        box_id: str,
        sent: SentDocument,
        *,
        request: bytes,
        signature: bytes,
        operation_id: UUID,
    ) -> None:
        """Revoke the document. Raises AlreadySigned, or Refused with `already_revoked`."""

    def fetch_events(
        self, box_id: str, after: str, limit: int
    ) -> tuple[Sequence[OperatorEvent], str]:
        """Events after the cursor, oldest first, and the next cursor. Events may repeat."""

    def fetch_package(self, box_id: str, sent: SentDocument) -> bytes:
        """The operator's own ZIP of the document. The names of its entries mean nothing."""

    def fetch_print_form(self, box_id: str, sent: SentDocument) -> bytes:
        """The operator's PDF of the document with its stamp."""

    def fetch_protocol(self, box_id: str, sent: SentDocument) -> tuple[bytes, bytes]:
        """The operator's protocol of the exchange (PDF) and the operator's signature of it."""
