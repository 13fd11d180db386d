"""The answer: what was found, file by file and signature by signature, in plain data."""

from dataclasses import dataclass, field

from archive.package.manifest import Manifest
from edo.powers.mchd_checks import PowerOfAttorneyReport
from edo.signing.cms import SignatureReport


@dataclass(frozen=True, kw_only=True)
class FileResult:
    """One file against the manifest; ``problem`` is empty when it is as stated.

    ``sha256`` is what was found, empty when the file is missing or damaged.
    """

    name: str
    role: str
    sha256: str
    expected_sha256: str = ""
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class SignatureResult:
    """One signature of the document: whose it is and what is wrong with it.

    ``side`` is «sender» or «recipient», empty where no manifest says. ``report`` is None when
    there was nothing to judge.
    """

    name: str
    over: str
    side: str
    report: SignatureReport | None
    problems: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PowerOfAttorneyResult:
    """One power of attorney (МЧД), as `SignatureFinding`."""

    name: str
    side: str
    report: PowerOfAttorneyReport | None
    problems: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class VerificationResult:
    """The whole answer. ``problems`` are those of no single file."""

    files: tuple[FileResult, ...] = ()
    signatures: tuple[SignatureResult, ...] = ()
    powers: tuple[PowerOfAttorneyResult, ...] = ()
    problems: tuple[str, ...] = ()
    manifest: Manifest | None = field(default=None, repr=False)

    @property
    def ok(self) -> bool:
        """Whether everything holds. Never true without a signature."""
        found: list[SignatureResult | PowerOfAttorneyResult] = [*self.signatures, *self.powers]
        return (
            bool(self.signatures)
            and not self.problems
            and not any(item.problem for item in self.files)
            and not any(item.problems for item in found)
        )
