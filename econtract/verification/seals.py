"""Verifying a seal of the sender's organisation. No database."""

from econtract.verification.results import SealResult
from edo.signing.cms_parsing import to_der
from edo.signing.seal_checks import check_seal
from edo.signing.trust import TrustStore


def verify_seal(
    content: bytes, signature: bytes, *, trust: TrustStore, sender_inn: str
) -> SealResult:
    """Whether ``signature`` is a seal of the organisation with ``sender_inn`` over ``content``."""
    report = check_seal(content, to_der(signature), trust=trust)
    problems = [problem.text for problem in report.problems]
    if report.certificate and not report.certificate.belongs_to(sender_inn):
        problems.append(f"Печать не принадлежит отправителю, организации с ИНН {sender_inn}.")
    doubts = tuple(doubt.text for doubt in report.doubts)
    return SealResult(report=report, problems=tuple(problems), doubts=doubts)
