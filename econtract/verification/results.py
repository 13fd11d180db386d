"""The result of a verification as plain data: for files, signatures and powers of attorney."""

from dataclasses import dataclass, field

from archive.package.manifest import Manifest
from edo.powers.mchd_checks import PowerOfAttorneyReport
from edo.signing.cms import SignatureReport
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


@dataclass(frozen=True, kw_only=True)
class SignatureResult:
    """One signature of the document, and its problems.

    ``signed_file`` is the name of the signed file. ``side`` is «sender» or «recipient», empty
    without a manifest. ``report`` is None when the signature or the document is missing.
    """

    name: str
    signed_file: str
    side: str
    report: SignatureReport | None
    problems: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PowerOfAttorneyResult:
    """One power of attorney (МЧД), and its problems; the fields are those of SignatureResult."""

    name: str
    side: str
    report: PowerOfAttorneyReport | None
    problems: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SealResult:
    """The seal of a package, and its problems."""

    report: SealReport
    problems: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class VerificationResult:
    """The whole result. ``problems`` are those that belong to no single file.

    ``seal`` is None for detached signatures, and for a package that has none. Without a good one
    the stamped copy is compared with the document; ``has_unknown_copy`` says that it could not be.
    """

    files: tuple[FileResult, ...] = ()
    signatures: tuple[SignatureResult, ...] = ()
    powers: tuple[PowerOfAttorneyResult, ...] = ()
    seal: SealResult | None = None
    has_unknown_copy: bool = False
    problems: tuple[str, ...] = ()
    manifest: Manifest | None = field(default=None, repr=False)

    @property
    def ok(self) -> bool:
        """Whether there are no problems, and at least one signature.

        A package may still be `is_unsealed`: its signatures are valid, and nothing protects the
        files that the parties have not signed.
        """
        results: list[SignatureResult | PowerOfAttorneyResult] = [*self.signatures, *self.powers]
        return (
            bool(self.signatures)
            and not self.problems
            and not any(file.problem for file in self.files)
            and not any(result.problems for result in results)
            and not (self.seal and self.seal.problems)
        )

    @property
    def is_sealed(self) -> bool:
        """Whether a good seal protects the files."""
        return self.seal is not None and not self.seal.problems

    @property
    def is_unsealed(self) -> bool:
        """Whether this is a package without any seal."""
        return self.manifest is not None and self.seal is None
