"""What the product and an EDO operator tell each other, in our terms."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class OperatorRefusalCode(StrEnum):
    """Every code of Refused that a gateway may raise: what is certainly final."""

    STRANGER_FORBIDDEN = "stranger_forbidden"
    SENDER_BLOCKED = "sender_blocked"
    RECIPIENT_LIQUIDATED = "recipient_liquidated"
    ROAMING_UNAVAILABLE = "roaming_unavailable"
    INVITATION_UNANSWERED = "invitation_unanswered"
    POWER_OF_ATTORNEY_INVALID = "power_of_attorney_invalid"
    TOO_LARGE = "too_large"
    ALREADY_REVOKED = "already_revoked"
    # The document is signed, refused or revoked: ask for its status.
    STATE_CONFLICT = "state_conflict"


class SenderSignatureStatus(StrEnum):
    """The operator's check of our signature. It is made only after the sending."""

    PENDING = "pending"
    VALID = "valid"
    INVALID = "invalid"


class PowerStatus(StrEnum):
    """The operator's check of our power of attorney. It may come later than everything else."""

    # Nobody says yet whether it is attached.
    PENDING = "pending"
    # It is attached; the operator has not checked it yet, or cannot: our own check counts.
    UNCHECKED = "unchecked"
    VALID = "valid"
    # Valid, but some of the operator's checks gave warnings or could not be made.
    WARNINGS = "warnings"
    NOT_ATTACHED = "not_attached"
    INVALID = "invalid"


class RecipientResponse(StrEnum):
    """What the client did with the document."""

    NONE = "none"
    SIGNED = "signed"
    # Signed with reservations.
    SIGNED_PARTIALLY = "signed_partially"
    # The operator considers the client's signature invalid.
    SIGNED_INVALID = "signed_invalid"
    REFUSED = "refused"


class DocumentRevocation(StrEnum):
    """How far a revocation has come. A signed document needs the agreement of both sides."""

    NONE = "none"
    REQUESTED_BY_US = "requested_by_us"
    REQUESTED_BY_CLIENT = "requested_by_client"
    REVOKED = "revoked"
    REJECTED = "rejected"


class PartnershipStatus(StrEnum):
    """The relation of our organisation and a client at the operator."""

    NONE = "none"
    PARTNERS = "partners"
    INVITED = "invited"
    INVITES_US = "invites_us"
    REJECTED_BY_CLIENT = "rejected_by_client"
    REJECTED_BY_US = "rejected_by_us"


@dataclass(frozen=True)
class Partnership:
    """The relation with one client; `changed_at` is its last event, None when unknown."""

    status: PartnershipStatus
    changed_at: datetime | None = None


@dataclass(frozen=True)
class RecipientBox:
    """A box of the client, or a department of it with a `department_id`.

    `is_active` is False for a box in which nothing has been signed or sent yet. `is_roaming` is
    true for a client of another operator. `liquidated_on` is the operator's text, "" for a living
    organisation. `has_other_mode`: the box is a test box and ours is not, or the other way round.
    """

    box_id: str
    title: str
    kpp: str = ""
    department_id: str = ""
    accepts_strangers: bool = True
    is_active: bool = True
    is_branch: bool = False
    is_roaming: bool = False
    is_natural_person: bool = False
    liquidated_on: str = ""
    has_other_mode: bool = False

    @property
    def address_id(self) -> str:
        """The box and department in one text."""
        return f"{self.box_id}/{self.department_id}" if self.department_id else self.box_id


@dataclass(frozen=True)
class OutgoingPower:
    """Our power of attorney. With `is_registered` the operator gets its number, not the file."""

    xml: bytes
    signature: bytes
    registration_number: UUID
    principal_inn: str
    representative_inn: str
    is_registered: bool = False


@dataclass(frozen=True)
class OutgoingDocument:
    """A signed document to send. Its content must be on the operator's shelf already.

    The contract's number and date belong to a supplementary agreement.
    """

    from_box_id: str
    to_box_id: str
    custom_id: UUID
    shelf_name: str
    signature: bytes
    power: OutgoingPower
    file_name: str
    number: str
    dated: date
    kind: str
    to_department_id: str = ""
    contract_number: str = ""
    contract_date: date | None = None


@dataclass(frozen=True)
class SentDocument:
    """The operator's ids of a document that we sent."""

    message_id: str
    document_id: str


@dataclass(frozen=True)
class DocumentStatus:
    """What the operator knows about a sent document now.

    `delivery_failure` says why the document cannot reach the client, or `delivery_failure_id` is
    the entity that does; both are "" while it can. `recipient_signature_id`, `recipient_signed_at`
    (by the operator's clock) and `recipient_power_id` are those of the client's signature,
    `recipient_power` is the operator's check of their power of attorney, and
    `has_error_report` is true when the operator has reported errors in it. `refusal_id` is the
    entity of their refusal, `refusal_text` its reason when the operator gives it at once.
    """

    sender_signature: SenderSignatureStatus
    power: PowerStatus
    delivered_at: datetime | None
    response: RecipientResponse
    revocation: DocumentRevocation = DocumentRevocation.NONE
    delivery_failure: str = ""
    delivery_failure_id: str = ""
    recipient_signature_id: str = ""
    recipient_signed_at: datetime | None = None
    recipient_power_id: str = ""
    recipient_power: PowerStatus = PowerStatus.PENDING
    has_error_report: bool = False
    refusal_id: str = ""
    refusal_text: str = ""

    @property
    def is_signed(self) -> bool:
        """Whether the client has signed with a signature that the operator accepted."""
        return self.response in {RecipientResponse.SIGNED, RecipientResponse.SIGNED_PARTIALLY}


@dataclass(frozen=True)
class PowerFile:
    """A power of attorney of the client's side: the XML and its detached signature."""

    registration_number: str
    xml: bytes
    signature: bytes


@dataclass(frozen=True)
class RevocationSigner:
    """Who signs a revocation request for us; `inn` is our organisation's."""

    surname: str
    given_name: str
    patronymic: str
    position: str
    inn: str


@dataclass(frozen=True)
class RevocationRequest:
    """The XML that revokes a document once we have signed it, and the operator's name for it."""

    content: bytes
    file_name: str


@dataclass(frozen=True)
class OperatorEvent:
    """Something happened to a message.

    `custom_id` is our own id of its document, "" when the event does not repeat it: then only
    `message_id` says which document it is.
    """

    event_id: str
    message_id: str
    custom_id: str
