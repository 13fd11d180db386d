"""Verifying time-stamp tokens (RFC 3161). No database.

A token says that its authority has seen a digest at a certain time. In a CAdES-T signature the
digest is that of the signature value.
"""

from collections.abc import Sequence

from asn1crypto import tsp
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from econtract.platform.common.refusals import Refusal
from edo.crypto import digests
from edo.crypto.digests import NAMES_BY_OID, WEAK_OIDS
from edo.crypto.errors import UnsupportedAlgorithm
from edo.signing.certificate_checks import check_certificate
from edo.signing.certificates import read_certificate
from edo.signing.cms_parsing import (
    TIME_STAMP_INFO,
    ParsedSignature,
    UnreadableSignature,
    parse_signature,
)
from edo.signing.integrity import DigestOfContent, check_integrity
from edo.signing.report import Findings, StampReport, merge
from edo.signing.trust import TrustStore

PROBLEM_TEXTS = {
    "stamp_malformed": "Штамп времени не читается.",
    "stamp_mismatch": "Штамп времени поставлен на другие данные.",
    "stamp_broken": "Штамп времени поврежден: ключ службы времени его не подтверждает.",
    "stamp_algorithm_weak": "Алгоритм штампа времени ненадежен.",
    "stamp_usage": "Сертификат не предназначен для штампов времени.",
    "stamp_certificate_invalid": "Сертификат службы времени недействителен. {}",
}
DOUBT_TEXTS = {
    "stamp_unreadable": "Штамп времени не удалось прочитать: его формат не поддерживается.",
    "stamp_unsupported": "Алгоритм штампа времени не поддерживается.",
    "stamp_digest_unavailable": "Нет хеша данных по алгоритму штампа времени.",
    "stamp_certificate_missing": "В штампе времени нет сертификата службы времени.",
    "stamp_untrusted": "Штамп поставила служба времени, которой система не доверяет.",
}
# A refuted token, and one of an authority that we do not know, are told apart: see `StampReport`.
_BROKEN = {"signature_invalid", "digest_mismatch", "certificate_substituted"}


def verify_stamp(
    token: bytes,
    digest: DigestOfContent,
    *,
    trust: TrustStore,
    candidates: Sequence[x509.Certificate] = (),
) -> StampReport:
    """Verify a token (DER) over data, of which ``digest`` returns the digest by algorithm.

    ``candidates`` are certificates from elsewhere: that of the authority may be missing in the
    token. Never raises on hostile input.
    """
    try:
        parsed = parse_signature(token, TIME_STAMP_INFO, candidates)
        return _verify(parsed, digest, trust)
    except UnreadableSignature:
        return StampReport((_problem("stamp_malformed"),))
    except Exception:  # noqa: BLE001 - the parsers raise anything on hostile bytes
        return StampReport(doubts=(_doubt("stamp_unreadable"),))


def _verify(parsed: ParsedSignature, digest: DigestOfContent, trust: TrustStore) -> StampReport:
    content = parsed.content or b""
    info = tsp.TSTInfo.load(content, strict=True)
    stamped_at = info["gen_time"].native
    imprint = _check_imprint(info["message_imprint"], digest)
    certificate = parsed.certificate
    if certificate is None:
        problems, doubts = merge(imprint, ([], [_doubt("stamp_certificate_missing")]))
        return StampReport(tuple(problems), tuple(doubts), None, stamped_at)
    details = read_certificate(certificate)
    value = check_integrity(parsed, certificate, lambda name: digests.digest(name, content))
    checks = check_certificate(
        certificate, details, parsed.other_certificates, trust=trust, times=[stamped_at]
    )
    usage = [] if _may_stamp(certificate) else [_problem("stamp_usage")]
    problems, doubts = merge(
        imprint,
        _rephrase_value(value),
        (usage, []),
        _rephrase_checks(checks.problems, checks.doubts),
    )
    return StampReport(tuple(problems), tuple(doubts), details, stamped_at)


def _check_imprint(imprint: tsp.MessageImprint, digest: DigestOfContent) -> Findings:
    oid = imprint["hash_algorithm"]["algorithm"].dotted
    if oid in WEAK_OIDS:
        return [_problem("stamp_algorithm_weak")], []
    try:
        expected = digest(NAMES_BY_OID.get(oid, oid))
    except UnsupportedAlgorithm:
        return [], [_doubt("stamp_unsupported")]
    if expected is None:
        return [], [_doubt("stamp_digest_unavailable")]
    is_same = expected == imprint["hashed_message"].native
    return ([] if is_same else [_problem("stamp_mismatch")]), []


def _rephrase_value(findings: Findings) -> Findings:
    problems, doubts = findings
    codes = {problem.code for problem in problems}
    value_problems = [_problem("stamp_broken")] if codes & _BROKEN else []
    if "algorithm_weak" in codes:
        value_problems.append(_problem("stamp_algorithm_weak"))
    return value_problems, [_doubt("stamp_unsupported") for _ in doubts]


def _rephrase_checks(problems: list[Refusal], doubts: list[Refusal]) -> Findings:
    """An unknown authority only means that its word is worth nothing here."""
    has_chain = not doubts and all(item.code != "certificate_untrusted" for item in problems)
    return (
        [
            _problem("stamp_certificate_invalid", problem.text)
            for problem in problems
            if problem.code != "certificate_untrusted"
        ],
        [] if has_chain else [_doubt("stamp_untrusted")],
    )


def _may_stamp(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return ExtendedKeyUsageOID.TIME_STAMPING in usage


def _problem(code: str, *values: str) -> Refusal:
    return Refusal(code, PROBLEM_TEXTS[code].format(*values))


def _doubt(code: str) -> Refusal:
    return Refusal(code, DOUBT_TEXTS[code])
