"""What proves that a document was signed, whatever the channel. Datetimes are aware."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class SigningSide(StrEnum):
    """The one who sends the document, or the client who receives it."""

    SENDER = "sender"
    RECIPIENT = "recipient"


@dataclass(frozen=True, kw_only=True)
class SenderEvidence:
    """The organisation that sent the document."""

    name: str
    inn: str
    kpp: str
    ogrn: str


@dataclass(frozen=True, kw_only=True)
class CertificateEvidence:
    """The certificate that a signature was made with.

    `is_accredited` says whether its authority was accredited at the time of signing, `is_test`
    whether that is a test authority.
    """

    serial: str
    issuer: str
    valid_from: datetime
    valid_until: datetime
    is_accredited: bool = False
    is_test: bool = False


@dataclass(frozen=True, kw_only=True)
class SignatureEvidence:
    """One CMS signature over the document. `certificate` is None when it is unreadable.

    `power_of_attorney` is the number of the one that the signer acted by, None without one.
    """

    side: SigningSide
    content: bytes
    owner: str
    organisation: str
    inn: str
    signed_at: datetime
    certificate: CertificateEvidence | None = None
    power_of_attorney: str | None = None


@dataclass(frozen=True, kw_only=True)
class AcceptedTextEvidence:
    """A text that the client accepted; ``content`` is what the records have the hash of."""

    title: str
    version: int
    content: bytes


@dataclass(frozen=True, kw_only=True)
class MessageEvidence:
    """A message to the client. ``text`` has dots in the place of the link or the code.

    ``states`` are what became of it, each with its time, in Russian and in their order.
    """

    channel: str
    text: str
    states: tuple[tuple[datetime, str], ...]


@dataclass(frozen=True, kw_only=True)
class DeviceEvidence:
    """What was seen of a device: (label, value), and the numbers of its records («7–9, 12»)."""

    values: tuple[tuple[str, str], ...]
    records: str


@dataclass(frozen=True, kw_only=True)
class RecordEvidence:
    """One record for people. ``details`` are in Russian, personal data masked."""

    number: int
    at: datetime
    text: str
    details: str


@dataclass(frozen=True, kw_only=True)
class SimpleSignatureEvidence:
    """The client's simple signature: the chain of records, and what people read of it.

    `signing_id` is the id of the chain. `chain` is its file without the whole phone number.
    `record_number` is that of the record of the signature, `head` the hash of the last record.
    `time_zone` is what the client's browser said, "" when it said nothing.
    """

    signing_id: str
    chain: bytes
    owner: str
    masked_phone: str
    inn: str
    signed_at: datetime
    time_zone: str
    record_number: int
    head: str
    identification: str
    texts: tuple[AcceptedTextEvidence, ...]
    records: tuple[RecordEvidence, ...]
    messages: tuple[MessageEvidence, ...]
    devices: tuple[DeviceEvidence, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class AnchorEvidence:
    """The anchor that covers the records of a simple signature, and the proof that it does.

    `seal` is a detached CMS over `content`; `stamp` (RFC 3161) is over the seal, with the chain of
    its service (PEM), both empty where no service has made one.
    """

    content: bytes
    seal: bytes
    proof: bytes
    made_at: datetime
    stamp: bytes
    certificates: bytes


@dataclass(frozen=True, kw_only=True)
class PowerOfAttorneyEvidence:
    """A machine-readable power of attorney (МЧД) that one side signed by.

    `signature` is the principal's detached CMS over `xml`; both dates are inclusive.
    """

    side: SigningSide
    file_name: str
    number: str
    xml: bytes
    signature: bytes
    principal: str
    representative: str
    valid_from: date
    valid_until: date
    signed_at: datetime


class EvidenceRole(StrEnum):
    """What a file proves when the certificates of the signatures have ended."""

    # The signature with a time-stamp inside (CAdES-T), as the operator has it.
    STAMPED_SIGNATURE = "stamped_signature"
    # A time-stamp over the file of a signature.
    TIMESTAMP = "timestamp"
    CERTIFICATES = "certificates"
    REVOCATION_LIST = "revocation_list"
    OCSP_RESPONSE = "ocsp_response"
    OPERATOR_PROTOCOL = "operator_protocol"
    OPERATOR_PROTOCOL_SIGNATURE = "operator_protocol_signature"


@dataclass(frozen=True)
class EvidenceContent:
    """A file that proves the signatures for years.

    `side` is that of the signature that it is about. `details` are JSON values: `at` is the time
    of a stamp or of a list's issue. `covers` names the signatures whose certificates a list is
    about: «sender», «recipient», «sender_power»… `stamp` is where a stamp is inside of a signature.
    """

    role: EvidenceRole
    content: bytes
    side: SigningSide | None = None
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class EvidenceAttempt:
    """The result of an attempt to collect evidence.

    `missing` are Russian sentences about what could not be had; a later attempt may succeed.
    `facts` are JSON values for the summary of the package.
    """

    files: tuple[EvidenceContent, ...] = ()
    missing: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SigningEvidence:
    """What proves that both sides signed the document: the content of the package.

    `operator`, `message_id` and `document_id` name the document at the operator, empty for a
    channel without one. `trust_roots` (PEM) are enclosed for whoever verifies certificates.
    `simple` is the client's signature where it is a simple one; `signatures` then has only ours.
    """

    document_sha256: str
    sender: SenderEvidence
    signatures: tuple[SignatureEvidence, ...]
    powers_of_attorney: tuple[PowerOfAttorneyEvidence, ...] = ()
    operator: str = ""
    message_id: str = ""
    document_id: str = ""
    trust_roots: bytes = b""
    simple: SimpleSignatureEvidence | None = None
