"""What a package is made of: plain data, so that nothing here knows tasks or operators."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path


class Side(StrEnum):
    """Who of the two: the one that sent the document, or the one that received it."""

    SENDER = "sender"
    RECIPIENT = "recipient"

    @property
    def word(self) -> str:
        return {Side.SENDER: "отправитель", Side.RECIPIENT: "получатель"}[self]

    @property
    def genitive(self) -> str:
        return {Side.SENDER: "отправителя", Side.RECIPIENT: "получателя"}[self]


class SignatureKind(StrEnum):
    """The kinds of electronic signature in the sense of 63-ФЗ that we put into packages."""

    QUALIFIED = "qualified"

    @property
    def words(self) -> str:
        return {SignatureKind.QUALIFIED: "усиленная квалифицированная электронная подпись"}[self]


@dataclass(frozen=True, kw_only=True)
class Party:
    """One side of the contract."""

    side: Side
    name: str
    inn: str
    kpp: str = ""
    ogrn: str = ""


@dataclass(frozen=True, kw_only=True)
class SignatureDetails:
    """What the signer's certificate and the signature itself say. All moments are aware."""

    owner: str
    organisation: str
    inn: str
    serial: str
    issuer: str
    valid_from: datetime
    valid_until: datetime
    signed_at: datetime
    power_of_attorney: str | None = None


@dataclass(frozen=True, kw_only=True)
class Signature:
    """A detached signature over exactly the document, already verified by the caller."""

    side: Side
    der: bytes
    details: SignatureDetails
    kind: SignatureKind = SignatureKind.QUALIFIED


@dataclass(frozen=True, kw_only=True)
class PowerOfAttorneyFile:
    """A machine-readable power of attorney (МЧД) with the principal's detached signature.

    ``file_name`` is the official one, ``ON_EMCHD_YYYYMMDD_<guid>.xml``. ``valid_from`` and
    ``valid_until`` are its first and last day, ``signed_at`` the moment of its signature (aware).
    """

    side: Side
    file_name: str
    number: str
    xml: bytes
    signature: bytes
    principal: str
    representative: str
    valid_from: date
    valid_until: date
    signed_at: datetime


@dataclass(frozen=True, kw_only=True)
class CourseEntry:
    """One line of the course: what happened, when (aware), by whom, and what was said."""

    at: datetime
    event: str
    actor: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Identifiers:
    """The numbers by which the document is found: with us, at the operator, in the archive."""

    task_number: str
    document_number: str
    document_kind: str
    account_number: str
    operator: str
    message_id: str
    document_id: str
    archive_name: str
    archive_code: str


@dataclass(frozen=True, kw_only=True)
class PackageParts:
    """Everything that goes into one package.

    ``pdf`` is the very file that was signed and ``document_sha256`` its hash at signing.
    ``file_name`` is the name a person gave it, hostile until made safe. ``verification_page`` is
    the absolute address of «Проверка документа». ``trust_roots`` (PEM) are enclosed so that the
    commands of ПРОЧТИ.txt work at once; they are a convenience, not a proof.
    """

    pdf: Path
    document_sha256: str
    file_name: str
    signatures: Sequence[Signature]
    powers: Sequence[PowerOfAttorneyFile]
    parties: Sequence[Party]
    course: Sequence[CourseEntry]
    identifiers: Identifiers
    verification_page: str
    trust_roots: bytes

    @property
    def code(self) -> str:
        """24 letters and digits that name this package on the verification page.

        Made of the document and its signatures: the same package has the same code, and who has
        not seen the package cannot guess it.
        """
        seed = self.document_sha256.encode()
        for signature in self.signatures:
            seed += hashlib.sha256(signature.der).digest()
        return base64.b32encode(hashlib.sha256(seed).digest())[:24].decode().lower()

    @property
    def verification_url(self) -> str:
        """Where anyone who holds the package can have it checked."""
        return f"{self.verification_page.rstrip('/')}/{self.code}/"

    @property
    def finished_at(self) -> datetime:
        """The moment of the last signature: the date of everything we add to the package."""
        return max(signature.details.signed_at for signature in self.signatures)
