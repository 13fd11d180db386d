"""Verifying a document with its detached signatures. Needs no database and no settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BufferedIOBase

from econtract.verification.evidence import has_later_revocation
from econtract.verification.policy import VerificationPolicy
from econtract.verification.results import (
    FileResult,
    PowerOfAttorneyResult,
    SignatureResult,
    TimeProof,
    TimeSource,
    VerificationResult,
)
from edo.crypto.digests import digest_file
from edo.powers import mchd, mchd_checks
from edo.powers.mchd_checks import PowerRequirements
from edo.signing import cms
from edo.signing.cms_parsing import to_der
from edo.signing.trust import TrustStore


@dataclass(frozen=True)
class NamedFile:
    """A small file: a signature or a power of attorney."""

    name: str
    content: bytes


def verify_detached(
    *,
    document: BufferedIOBase,
    document_name: str,
    signatures: Sequence[NamedFile],
    power: NamedFile | None = None,
    policy: VerificationPolicy,
) -> VerificationResult:
    """Verifies every signature of ``document``, and the power of attorney if there is one.

    Signatures may be DER, PEM or base64. The principal's signature of the ``power`` is one of
    ``signatures``. Without a manifest it is
    unknown who should have signed, so that is not checked. Never raises on hostile input.
    """
    signatures = [NamedFile(file.name, to_der(file.content)) for file in signatures]
    digests = digest_file(document)
    power_signature = _find_power_signature(power, signatures, policy.trust) if power else None
    results = tuple(
        _verify_signature(signature, document_name, digests, policy.trust)
        for signature in signatures
        if signature is not power_signature
    )
    return VerificationResult(
        files=(FileResult(name=document_name, role="документ", sha256=digests["sha256"].hex()),),
        signatures=results,
        powers=(_verify_power(power, power_signature, results, policy),) if power else (),
        problems=() if results else ("Нет ни одной подписи документа.",),
    )


def _verify_signature(
    signature: NamedFile, document_name: str, digests: Mapping[str, bytes], trust: TrustStore
) -> SignatureResult:
    report = cms.verify_digest(signature.content, digests, trust=trust)
    source = TimeSource.SIGNATURE if report.stamped_at else TimeSource.SIGNER
    time = report.stamped_at or report.signed_at
    return SignatureResult(
        name=signature.name,
        signed_file=document_name,
        side="",
        report=report,
        problems=tuple(problem.text for problem in report.problems),
        doubts=tuple(doubt.text for doubt in report.doubts),
        judged_at=TimeProof(time, source) if time else None,
        has_later_revocation=time is not None
        and has_later_revocation(signature.content, trust, time),
    )


def _find_power_signature(
    power: NamedFile, signatures: Sequence[NamedFile], trust: TrustStore
) -> NamedFile | None:
    """The signature whose signed data is the power of attorney."""
    for signature in signatures:
        report = cms.verify(signature.content, power.content, trust=trust)
        codes = {reason.code for reason in report.reasons}
        if report.certificate and not codes & {"digest_mismatch", "digest_unsupported"}:
            return signature
    return None


def _verify_power(
    power: NamedFile,
    signature: NamedFile | None,
    signers: Sequence[SignatureResult],
    policy: VerificationPolicy,
) -> PowerOfAttorneyResult:
    """Verifies the power of attorney for each signer; returns the result with fewest problems."""
    if signature is None:
        problem = "Подписи доверителя под этой доверенностью нет среди файлов."
        return PowerOfAttorneyResult(name=power.name, side="", report=None, problems=(problem,))
    reports = [
        mchd_checks.verify(
            power.content,
            signature.content,
            requirements=PowerRequirements(
                principal_inn=_read_principal_inn(power.content),
                representative=signer.report.certificate,
                schema=policy.mchd_schema,
            ),
            trust=policy.trust,
            at=signer.report.signed_at or datetime.now(UTC),
        )
        for signer in signers
        if signer.report and signer.report.certificate
    ]
    if not reports:
        problem = "Неизвестно, кто подписал по этой доверенности."
        return PowerOfAttorneyResult(name=power.name, side="", report=None, problems=(problem,))
    best = min(reports, key=lambda report: (len(report.problems), len(report.doubts)))
    return PowerOfAttorneyResult(
        name=power.name,
        side="",
        report=best,
        problems=tuple(problem.text for problem in best.problems),
        doubts=tuple(doubt.text for doubt in best.doubts),
    )


def _read_principal_inn(xml: bytes) -> str:
    """The principal's ИНН; empty if the XML is malformed."""
    try:
        return mchd.parse(xml).principal.inn
    except mchd.MalformedPowerOfAttorney:
        return ""
