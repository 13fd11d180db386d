"""The result of a verification as plain data: for files, signatures and powers of attorney."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from archive.package.manifest import Manifest
from edo.powers.mchd_checks import PowerOfAttorneyReport
from edo.signing.report import SignatureReport, StampReport, Verdict, judge
from edo.signing.seal_checks import SealReport


@dataclass(frozen=True, kw_only=True)
class FileResult:
    """One file compared with the manifest; ``problem`` is empty if it matches.

    ``sha256`` is the actual hash, empty when the file is missing or damaged.
    """

    name: str
    role: str
    sha256: str
    expected_sha256: str = ""
    problem: str = ""


class TimeSource(StrEnum):
    """Who says when a signature was there."""

    # A time-stamp inside of the signature (CAdES-T), of the operator or the signer's program.
    SIGNATURE = "signature"
    # A time-stamp over the file of the signature.
    SERVICE = "service"
    # A time-stamp over the manifest.
    MANIFEST = "manifest"
    # The signer themselves.
    SIGNER = "signer"


@dataclass(frozen=True)
class TimeProof:
    """A time at which a signature existed."""

    at: datetime
    source: TimeSource


@dataclass(frozen=True)
class TimestampResult:
    """A time-stamp over the package; problems and doubts are those of SignatureResult.

    ``is_expired``: it is the last one, and its certificate has ended since.
    """

    number: int
    report: StampReport | None
    problems: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    is_expired: bool = False


@dataclass(frozen=True, kw_only=True)
class SignatureResult:
    """One signature of the document, its problems, and its doubts: what could not be checked.

    ``signed_file`` is the name of the signed file. ``side`` is «sender» or «recipient», empty
    without a manifest. ``report`` is None when the signature or the document is missing.
    ``judged_at`` is the time for which the certificate was checked, None when it is unknown.
    ``has_later_revocation``: an authority has said after that time whether it was revoked.
    """

    name: str
    signed_file: str
    side: str
    report: SignatureReport | None
    problems: tuple[str, ...]
    doubts: tuple[str, ...] = ()
    judged_at: TimeProof | None = None
    has_later_revocation: bool = False


@dataclass(frozen=True, kw_only=True)
class PowerOfAttorneyResult:
    """One power of attorney (МЧД); the fields are those of SignatureResult."""

    name: str
    side: str
    report: PowerOfAttorneyReport | None
    problems: tuple[str, ...]
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AnchorResult:
    """The anchor over the records of a simple signature; the fields are those of SignatureResult.

    ``stamped_at`` is the time of a time-stamp over its seal, None without one that counts.
    """

    day: date | None = None
    stamped_at: datetime | None = None
    problems: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SimpleSignatureResult:
    """A simple signature: the records of a signing. ``problems`` are those of SignatureResult.

    Values that cannot be trusted are empty or None. ``phone`` is masked. ``warnings`` are no
    problems: a person has to judge them. ``head`` is the hash of the last record. ``anchor`` is
    None when the package has none; its problems and doubts are among those of the signature.
    """

    name: str
    side: str
    problems: tuple[str, ...]
    owner: str = ""
    phone: str = ""
    signed_at: datetime | None = None
    record_number: int | None = None
    head: str = ""
    warnings: tuple[str, ...] = ()
    anchor: AnchorResult | None = None
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SealResult:
    """The seal of a package; problems and doubts are those of SignatureResult."""

    report: SealReport
    problems: tuple[str, ...]
    doubts: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        return not self.problems and not self.doubts


@dataclass(frozen=True, kw_only=True)
class VerificationResult:
    """The whole result. ``problems`` are those that belong to no single file.

    ``seal`` is None for detached signatures, and for a package that has none. Without a good one
    the stamped copy is compared with the document; ``has_unknown_copy`` says that it could not be.
    ``timestamps`` are those over the package. ``missing_evidence`` are the package's own sentences
    about what it lacks.
    """

    files: tuple[FileResult, ...] = ()
    signatures: tuple[SignatureResult, ...] = ()
    simple_signatures: tuple[SimpleSignatureResult, ...] = ()
    powers: tuple[PowerOfAttorneyResult, ...] = ()
    seal: SealResult | None = None
    has_unknown_copy: bool = False
    timestamps: tuple[TimestampResult, ...] = ()
    missing_evidence: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    manifest: Manifest | None = field(default=None, repr=False)

    @property
    def verdict(self) -> Verdict:
        """VALID without problems and doubts, and with at least one signature.

        A package may still be `is_unsealed`: its signatures are valid, and nothing protects the
        files that the parties have not signed.
        """
        results: list[SignatureResult | PowerOfAttorneyResult | SimpleSignatureResult | SealResult]
        results = [*self.signatures, *self.powers, *self.simple_signatures]
        results += [self.seal] if self.seal else []
        problems = [
            *self.problems,
            *(file.problem for file in self.files if file.problem),
            *(problem for result in results for problem in result.problems),
            *(problem for stamp in self.timestamps for problem in stamp.problems),
            *([] if self.signatures else ["no signature"]),
        ]
        return judge(tuple(problems), tuple(doubt for result in results for doubt in result.doubts))

    @property
    def ok(self) -> bool:
        return self.verdict == Verdict.VALID

    @property
    def is_undetermined(self) -> bool:
        return self.verdict == Verdict.UNDETERMINED

    @property
    def is_sealed(self) -> bool:
        """Whether a good seal protects the files."""
        return self.seal is not None and self.seal.is_good

    @property
    def is_unsealed(self) -> bool:
        """Whether this is a package without any seal."""
        return self.manifest is not None and self.seal is None
