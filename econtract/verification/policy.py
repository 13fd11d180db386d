"""By what a check judges."""

from dataclasses import dataclass
from pathlib import Path

from edo.signing.trust import TrustStore


@dataclass(frozen=True, kw_only=True)
class VerificationPolicy:
    """Whom to believe, and the official schema of МЧД where it is at hand."""

    trust: TrustStore
    mchd_schema: Path | None = None
