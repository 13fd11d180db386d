"""The check of a document with signatures lying beside it. No database, no settings."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BufferedIOBase

from econtract.verification.policy import VerificationPolicy
from econtract.verification.results import (
    FileResult,
    PowerOfAttorneyResult,
    SignatureResult,
    VerificationResult,
)
from edo.powers import mchd, mchd_checks
from edo.powers.mchd_checks import PowerRequirements
from edo.signing import cms
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
    rules: VerificationPolicy,
) -> VerificationResult:
    """Checks every signature over exactly ``document``, and the power of attorney if there is one.

    The principal's signature over the ``power`` is looked for among the signatures. Who ought to
    have signed is not known here and not judged. Never raises on hostile input.
    """
    sha256 = hashlib.file_digest(document, "sha256").digest()
    principals = _over(power, signatures, rules.trust) if power else None
    found = tuple(
        _signature(item, document_name, sha256, rules.trust)
        for item in signatures
        if item is not principals
    )
    return VerificationResult(
        files=(FileResult(name=document_name, role="документ", sha256=sha256.hex()),),
        signatures=found,
        powers=(_power(power, principals, found, rules),) if power else (),
        problems=() if found else ("Нет ни одной подписи документа.",),
    )


def _signature(item: NamedFile, over: str, sha256: bytes, trust: TrustStore) -> SignatureResult:
    report = cms.verify_digest(item.content, sha256, trust=trust)
    problems = tuple(problem.text for problem in report.problems)
    return SignatureResult(name=item.name, over=over, side="", report=report, problems=problems)


def _over(power: NamedFile, signatures: Sequence[NamedFile], trust: TrustStore) -> NamedFile | None:
    """The signature that is over the power of attorney and not over the document."""
    for item in signatures:
        report = cms.verify(item.content, power.content, trust=trust)
        codes = {problem.code for problem in report.problems}
        if report.certificate and "digest_mismatch" not in codes:
            return item
    return None


def _power(
    power: NamedFile,
    signature: NamedFile | None,
    signers: Sequence[SignatureResult],
    rules: VerificationPolicy,
) -> PowerOfAttorneyResult:
    """Judged for the signer whom it fits best."""
    if signature is None:
        problem = "Подписи доверителя под этой доверенностью нет среди файлов."
        return PowerOfAttorneyResult(name=power.name, side="", report=None, problems=(problem,))
    reports = [
        mchd_checks.verify(
            power.content,
            signature.content,
            requirements=PowerRequirements(
                principal_inn=_principal_inn(power.content),
                representative=signer.report.certificate,
                schema=rules.mchd_schema,
            ),
            trust=rules.trust,
            at=signer.report.signed_at or datetime.now(UTC),
        )
        for signer in signers
        if signer.report and signer.report.certificate
    ]
    if not reports:
        problem = "Неизвестно, кто подписал по этой доверенности."
        return PowerOfAttorneyResult(name=power.name, side="", report=None, problems=(problem,))
    best = min(reports, key=lambda report: len(report.problems))
    problems = tuple(problem.text for problem in best.problems)
    return PowerOfAttorneyResult(name=power.name, side="", report=best, problems=problems)


def _principal_inn(xml: bytes) -> str:
    try:
        return mchd.parse(xml).principal.inn
    except mchd.MalformedPowerOfAttorney:
        return ""
