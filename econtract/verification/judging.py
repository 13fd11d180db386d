"""For which time a signature of a package is judged: the earliest that a third party proves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from econtract.verification.evidence import PackageEvidence, has_later_revocation
from econtract.verification.results import TimeProof, TimeSource
from edo.signing import cms
from edo.signing.report import SignatureReport
from edo.signing.trust import TrustStore

EXPIRED = "certificate_expired"


@dataclass(frozen=True)
class JudgedSignature:
    """The report of a signature, and the time that it is about; None when nobody states one."""

    report: SignatureReport
    judged_at: TimeProof | None
    stamp_problems: Sequence[str]
    has_later_revocation: bool


def judge_signature(
    signature: bytes,
    content_digests: Mapping[str, bytes],
    *,
    side: str,
    evidence: PackageEvidence,
    manifest_at: datetime | None,
    trust: TrustStore,
) -> JudgedSignature:
    """Verify a signature (DER) at the earliest time at which it is proven to have existed.

    That is the time of a stamp inside of it, of one over it, or of the manifest (``manifest_at``).
    Without any, or when the certificate had ended by then, the time that the signer states counts.
    """
    report = cms.verify_digest(signature, content_digests, trust=trust)
    proofs, problems = evidence.find_time_proofs(side, signature, trust)
    if report.stamped_at:
        proofs.append(TimeProof(report.stamped_at, TimeSource.SIGNATURE))
    if manifest_at:
        proofs.append(TimeProof(manifest_at, TimeSource.MANIFEST))
    judged_at = TimeProof(report.signed_at, TimeSource.SIGNER) if report.signed_at else None
    if proofs:
        earliest = min(proofs, key=lambda proof: proof.at)
        proven = cms.verify_digest(signature, content_digests, trust=trust, at=earliest.at)
        codes = {problem.code for problem in proven.problems}
        if not (report.is_valid and EXPIRED in codes):
            report, judged_at = proven, earliest
    is_covered = judged_at is not None and has_later_revocation(signature, trust, judged_at.at)
    return JudgedSignature(report, judged_at, problems, is_covered)
