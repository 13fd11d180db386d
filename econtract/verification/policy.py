"""What a verification relies on."""

from dataclasses import dataclass
from pathlib import Path

from edo.signing.trust import TrustStore


@dataclass(frozen=True, kw_only=True)
class VerificationPolicy:
    """The trusted certificates, and the official XML schema of МЧД if it is installed.

    ``seal_trust`` are the roots of E-Contract's seal; None if they are those of ``trust``.
    """

    trust: TrustStore
    seal_trust: TrustStore | None = None
    mchd_schema: Path | None = None
