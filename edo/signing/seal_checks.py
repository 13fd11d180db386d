"""Checking a seal of our organisation (`edo/seal.py`). No database."""

from dataclasses import dataclass
from datetime import datetime

from econtract.platform.common.refusals import Refusal
from edo.signing import cms
from edo.signing.certificates import CertificateDetails
from edo.signing.trust import TrustStore

PROBLEM_TEXTS = {
    "digest_mismatch": "Печать поставлена не на эти данные: их изменили после опечатывания.",
    "certificate_untrusted": "Печать выдана неизвестным центром: кто ее поставил, неизвестно.",
    "not_a_seal": "Это не печать организации: сертификат выдан человеку или для другой цели.",
}


@dataclass(frozen=True)
class SealReport:
    """The result of checking a seal.

    `problems` and `doubts` are those of `SignatureReport`. `certificate` is None when the seal
    is unreadable.
    `sealed_at` is the time that the seal states, aware UTC, None when it states none.
    """

    problems: tuple[Refusal, ...] = ()
    doubts: tuple[Refusal, ...] = ()
    certificate: CertificateDetails | None = None
    sealed_at: datetime | None = None

    @property
    def is_valid(self) -> bool:
        return not self.problems and not self.doubts


def check_seal(content: bytes, signature: bytes, *, trust: TrustStore) -> SealReport:
    """Check that ``signature`` is a seal over exactly ``content``, from a root of ``trust``.

    Whose seal it is, the caller compares with `SealReport.certificate`. Never raises on hostile
    input. Problem codes: those of `cms.verify`, and `not_a_seal`.
    """
    report = cms.verify(signature, content, trust=trust)
    problems = [_rephrase(problem) for problem in report.problems]
    doubts = tuple(_rephrase(doubt) for doubt in report.doubts)
    if report.certificate is not None and not report.certificate.is_seal:
        problems.append(Refusal("not_a_seal", PROBLEM_TEXTS["not_a_seal"]))
    return SealReport(tuple(problems), doubts, report.certificate, report.signed_at)


def _rephrase(reason: Refusal) -> Refusal:
    return Refusal(reason.code, PROBLEM_TEXTS.get(reason.code, f"Печать: {reason.text}"))
