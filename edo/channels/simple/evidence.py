"""What proves that a document was signed by SMS, for the package."""

from collections.abc import Sequence

from edo.channels.evidence import EvidenceAttempt, EvidenceContent, SigningEvidence
from edo.models import SimpleSigning


def collect_evidence(signing: SimpleSigning) -> SigningEvidence:
    """The evidence of a SIGNED signing, from stored data only. Raises ValueError for others."""
    raise NotImplementedError


def fetch_evidence(signing: SimpleSigning, known: Sequence[EvidenceContent]) -> EvidenceAttempt:
    """Nothing outside knows more of a simple signature than its own records."""
    return EvidenceAttempt(files=tuple(known))
