"""The contents of a package as plain data: this package of modules knows no task or operator."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from archive.package.manifest import FileRole, derive_code
from archive.package.simple import SimpleSignaturePart


class PartySide(StrEnum):
    """The two sides of a contract: who sent the document, and who received it."""

    SENDER = "sender"
    RECIPIENT = "recipient"

    @property
    def label(self) -> str:
        """The side in Russian, nominative."""
        return {PartySide.SENDER: "отправитель", PartySide.RECIPIENT: "получатель"}[self]

    @property
    def genitive(self) -> str:
        """The side in Russian, genitive: «подпись отправителя»."""
        return {PartySide.SENDER: "отправителя", PartySide.RECIPIENT: "получателя"}[self]


class SignatureKind(StrEnum):
    """The kinds of electronic signature (63-ФЗ) that a package may hold.

    A signature is qualified when its authority was accredited at the time of signing.
    """

    QUALIFIED = "qualified"
    ENHANCED = "enhanced"

    @property
    def label(self) -> str:
        """The kind in Russian, nominative."""
        return f"{_KINDS[self][0]} электронная подпись"

    @property
    def instrumental(self) -> str:
        """The kind in Russian, instrumental: «подписано …»."""
        return f"{_KINDS[self][1]} электронной подписью"


_KINDS = {
    SignatureKind.QUALIFIED: ("усиленная квалифицированная", "квалифицированной"),
    SignatureKind.ENHANCED: ("усиленная", "усиленной"),
}


@dataclass(frozen=True, kw_only=True)
class ContractParty:
    """One side of the contract."""

    side: PartySide
    name: str
    inn: str
    kpp: str = ""
    ogrn: str = ""


@dataclass(frozen=True, kw_only=True)
class SignatureDetails:
    """Fields of the signer's certificate and of the signature. All datetimes are aware."""

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
class DocumentSignature:
    """A detached CMS signature (DER) of the document, already verified by the caller.

    ``is_test`` is true when a test authority has issued the certificate.
    """

    side: PartySide
    der: bytes
    details: SignatureDetails
    kind: SignatureKind
    is_test: bool = False

    @property
    def kind_label(self) -> str:
        """The kind, nominative, with a remark about a test authority."""
        return self.kind.label + self._remark

    @property
    def kind_instrumental(self) -> str:
        """The kind, instrumental, with a remark about a test authority."""
        return self.kind.instrumental + self._remark

    @property
    def _remark(self) -> str:
        return " (тестовый УЦ)" if self.is_test else ""


@dataclass(frozen=True, kw_only=True)
class PowerOfAttorneyFile:
    """A machine-readable power of attorney (МЧД) with the principal's detached signature.

    ``file_name`` is the official one, ``ON_EMCHD_YYYYMMDD_<guid>.xml``. ``valid_from`` and
    ``valid_until`` are the first and the last day of validity. ``signed_at`` is aware.
    """

    side: PartySide
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
class SigningEvent:
    """One line of the protocol: what happened, when (aware), who did it, and their note."""

    at: datetime
    text: str
    actor: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class DocumentIdentifiers:
    """The numbers of the document in E-Contract, at the operator and in the archive."""

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
class EmbeddedStamp:
    """Where the time-stamp and the value that it is over are in a signature file, in bytes."""

    token_offset: int
    token_length: int
    value_offset: int
    value_length: int


@dataclass(frozen=True, kw_only=True)
class EvidencePart:
    """One file of the folder ``evidence/``.

    ``side`` is that of the signature that it is about. ``at`` (aware) is the time of a time-stamp,
    or when a revocation list or response was issued; ``covers`` names the signatures whose
    certificates a list or response is about: «sender», «recipient», and for the signatures of
    powers of attorney «sender_power», «recipient_power».
    """

    role: FileRole
    content: bytes
    side: PartySide | None = None
    at: datetime | None = None
    covers: Sequence[str] = ()
    embedded_stamp: EmbeddedStamp | None = None


@dataclass(frozen=True, kw_only=True)
class PackageParts:
    """Everything that goes into one package.

    ``pdf`` is the file that was signed and ``document_sha256`` its hash at the time of signing.
    ``file_name`` is the user's name for it, untrusted. ``verification_page`` is the absolute URL
    of «Проверка документа». ``trust_roots`` (PEM) are enclosed so that the commands of
    ПРОЧТИ.txt work as they are; they are a convenience, not a proof. ``seal_roots`` are those of
    our seal, empty when they are the same. ``evidence`` proves the signatures for years, and
    ``missing_evidence`` are Russian sentences about what could not be had. ``simple`` is the
    recipient's signature when it is a simple one, and ``copy`` the one with the marks, which its
    records name; without one the builder makes it.
    """

    pdf: Path
    document_sha256: str
    file_name: str
    signatures: Sequence[DocumentSignature]
    powers: Sequence[PowerOfAttorneyFile]
    parties: Sequence[ContractParty]
    events: Sequence[SigningEvent]
    identifiers: DocumentIdentifiers
    verification_page: str
    trust_roots: bytes
    seal_roots: bytes = b""
    evidence: Sequence[EvidencePart] = ()
    missing_evidence: Sequence[str] = ()
    simple: SimpleSignaturePart | None = None
    copy: Path | None = None

    @property
    def code(self) -> str:
        """The verification code of the package."""
        contents = [signature.der for signature in self.signatures]
        if self.simple:
            contents.append(self.simple.chain)
        hashes = [hashlib.sha256(content).hexdigest() for content in contents]
        return derive_code(self.document_sha256, hashes)

    @property
    def copy_number(self) -> str:
        """What the copy calls the document: its number at the operator or of its signing.

        Not `code` where the signature is a simple one: it follows from records that have the hash
        of the copy.
        """
        return self.identifiers.document_id or (
            self.simple.signing_id if self.simple else self.code
        )

    @property
    def verification_url(self) -> str:
        """The URL that checks this package; open to everybody who knows the code."""
        return f"{self.verification_page.rstrip('/')}/{self.code}/"

    @property
    def seal_roots_url(self) -> str:
        """The URL at which we publish the roots of our seal."""
        return f"{self.verification_page.rstrip('/')}/roots.pem"

    @property
    def finished_at(self) -> datetime:
        """When the last party signed. It dates everything that we add to the package."""
        times = [signature.details.signed_at for signature in self.signatures]
        return max([*times, *([self.simple.signed_at] if self.simple else [])])
