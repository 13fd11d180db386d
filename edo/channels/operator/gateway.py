"""What any EDO operator offers, in our terms. One module per operator implements it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class OperatorRefusal(StrEnum):
    """Codes of Refused that every operator's module speaks in."""

    NO_BOX = "no_box"
    STRANGER_FORBIDDEN = "stranger_forbidden"
    POWER_OF_ATTORNEY_INVALID = "power_of_attorney_invalid"
    TOO_LARGE = "too_large"
    ALREADY_SIGNED = "already_signed"
    ALREADY_REVOKED = "already_revoked"
    REJECTED = "rejected"


class SenderVerdict(StrEnum):
    """What the operator thinks of our signature. It says so only after the sending."""

    PENDING = "pending"
    VALID = "valid"
    INVALID = "invalid"


class RecipientAnswer(StrEnum):
    """What the client did with the document."""

    NONE = "none"
    SIGNED = "signed"
    SIGNED_BADLY = "signed_badly"
    REFUSED = "refused"


@dataclass(frozen=True)
class Recipient:
    """The client's organisation at the operator and the box to send to."""

    organisation_id: str
    box_id: str
    accepts_strangers: bool


@dataclass(frozen=True)
class OutgoingDocument:
    """One signed document on its way out. Its content lies on the operator's shelf already."""

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
    """Where the operator keeps what we sent."""

    message_id: str
    document_id: str


@dataclass(frozen=True)
class DocumentTruth:
    """The operator's present knowledge of a sent document.

    `recipient_signature_id` and `recipient_signed_at` (by the operator's clock) are filled once
    the client has signed, `refusal_id` once he has refused.
    """

    sender_verdict: SenderVerdict
    power_attached: bool
    power_valid: bool
    delivered_at: datetime | None
    answer: RecipientAnswer
    revoked: bool
    recipient_signature_id: str = ""
    recipient_signed_at: datetime | None = None
    refusal_id: str = ""


@dataclass(frozen=True)
class OperatorEvent:
    """Something happened to a message; `custom_id` is our own number of its document."""

    event_id: str
    message_id: str
    custom_id: str


class Operator(Protocol):
    """An EDO operator.

    Every method raises Unavailable, or Refused with a code of `OperatorRefusal`.
    """

    def find_recipient(self, inn: str, kpp: str) -> Recipient | None:
        """The client's box, of the branch where a КПП is given; None when there is none."""

    def accepts(self, box_id: str, recipient: Recipient) -> bool:
        """Whether the recipient takes documents from us as things stand, asking for nothing."""

    def become_partners(self, box_id: str, recipient: Recipient) -> None:
        """Makes our organisation and the recipient partners; nothing happens when they are."""

    def put_on_shelf(self, name: str, content: bytes) -> None:
        """Stores content for a later `send`. A repeat replaces it."""

    def send(self, document: OutgoingDocument, operation_id: UUID) -> SentDocument:
        """Posts the document. The same operation id never makes a second one."""

    def truth(self, box_id: str, sent: SentDocument) -> DocumentTruth:
        """How the document stands now."""

    def content(self, box_id: str, message_id: str, entity_id: str) -> bytes:
        """The bytes of a signature or of another part of a message."""

    def refusal_reason(self, box_id: str, sent: SentDocument, refusal_id: str) -> str:
        """The client's words; empty when there are none."""

    def revocation_request(self, box_id: str, sent: SentDocument, comment: str) -> bytes:
        """The text of a revocation, to be signed by us."""

    def revoke(
        self,
        box_id: str,
        sent: SentDocument,
        *,
        request: bytes,
        signature: bytes,
        operation_id: UUID,
    ) -> None:
        """Takes the document back. Refused `already_signed` or `already_revoked`."""

    def events(self, box_id: str, after: str, limit: int) -> tuple[Sequence[OperatorEvent], str]:
        """What happened after the cursor, oldest first, and the next cursor. Events repeat."""

    def package(self, box_id: str, sent: SentDocument) -> bytes:
        """The operator's own ZIP of the whole course. Never identify content by entry names."""

    def print_form(self, box_id: str, sent: SentDocument) -> bytes:
        """The operator's PDF with its stamp."""

    def protocol(self, box_id: str, sent: SentDocument) -> tuple[bytes, bytes]:
        """The operator's protocol of the course (PDF) and its signature of it."""
