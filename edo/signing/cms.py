"""Verifying detached CMS signatures (RFC 5652), CAdES included. No database.

`edo.crypto` says which algorithms we know. No network: the caller passes the trusted roots, the
CRLs and the OCSP responses.
"""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime

from cryptography import x509

from econtract.platform.common.refusals import join_texts
from edo.crypto import digests
from edo.signing.certificate_checks import check_certificate, may_sign
from edo.signing.certificates import read_certificate
from edo.signing.cms_parsing import (
    ParsedSignature,
    UnreadableSignature,
    is_signed_data,
    parse_signature,
)
from edo.signing.integrity import DigestOfContent, check_integrity
from edo.signing.report import (
    SignatureReport,
    StampReport,
    build_doubt,
    build_problem,
    merge,
)
from edo.signing.timestamps import verify_stamp
from edo.signing.trust import TrustStore

log = logging.getLogger(__name__)

MAX_STAMPS = 5


def verify(
    signature: bytes, content: bytes, *, trust: TrustStore, at: datetime | None = None
) -> SignatureReport:
    """Verify a detached signature (DER or BER) over exactly ``content``.

    With a valid time-stamp inside, the certificate must be valid at its time. Otherwise it must be
    valid at the signing time that the signer states and at ``at``, the time that a third party has
    seen the signature; without both it must be valid now. Never raises: what cannot be judged is a
    doubt of the report. Codes: `report.PROBLEM_TEXTS`, `report.DOUBT_TEXTS`.
    """
    return _verify(signature, lambda name: digests.digest(name, content), trust, at)


def verify_digest(
    signature: bytes,
    content_digests: Mapping[str, bytes],
    *,
    trust: TrustStore,
    at: datetime | None = None,
) -> SignatureReport:
    """As `verify`, when only digests of the content are known, by the names of `edo.crypto`.

    A signature that uses another digest gets the doubt `digest_unavailable`.
    """
    return _verify(signature, content_digests.get, trust, at)


def _verify(
    signature: bytes, digest: DigestOfContent, trust: TrustStore, at: datetime | None
) -> SignatureReport:
    try:
        parsed = parse_signature(signature)
        if parsed.content is not None:
            raise UnreadableSignature("not_detached")
        if parsed.certificate is None:
            raise UnreadableSignature("certificate_missing")
        return _build_report(parsed, parsed.certificate, digest, trust, at)
    except UnreadableSignature as error:
        return SignatureReport((build_problem(str(error)),))
    except Exception as error:  # noqa: BLE001 - the parsers raise anything on hostile bytes
        log.info("signature unreadable error=%s", type(error).__name__)
        if is_signed_data(signature):
            return SignatureReport(doubts=(build_doubt("unreadable"),))
        return SignatureReport((build_problem("malformed"),))


def _build_report(
    parsed: ParsedSignature,
    certificate: x509.Certificate,
    digest: DigestOfContent,
    trust: TrustStore,
    at: datetime | None,
) -> SignatureReport:
    details = read_certificate(certificate)
    stamp = _verify_stamps(parsed, trust)
    if stamp is not None and stamp.is_valid and stamp.stamped_at is not None:
        times = [stamp.stamped_at]
    else:
        times = [time for time in (parsed.signed_at, at) if time] or [datetime.now(UTC)]
    checks = check_certificate(
        certificate, details, parsed.other_certificates, trust=trust, times=times
    )
    other_problems = [] if may_sign(certificate) else [build_problem("key_usage")]
    if stamp is not None and stamp.problems:
        other_problems.append(build_problem("stamp_invalid", join_texts(stamp.problems)))
    problems, doubts = merge(
        check_integrity(parsed, certificate, digest),
        (checks.problems, checks.doubts),
        (other_problems, []),
    )
    return SignatureReport(
        problems=tuple(problems),
        doubts=tuple(doubts),
        certificate=details,
        signed_at=parsed.signed_at,
        stamp=stamp,
        digest_algorithm=parsed.digest_algorithm,
        signature_algorithm=parsed.signature_algorithm["algorithm"].dotted,
        revocation=checks.revocation,
        accreditation=checks.accreditation,
    )


def _verify_stamps(parsed: ParsedSignature, trust: TrustStore) -> StampReport | None:
    """The report of the earliest valid time-stamp, or of a bad one when there is any."""
    candidates = parsed.other_certificates
    stamps = [
        verify_stamp(
            token,
            lambda name: digests.digest(name, parsed.value),
            trust=trust,
            candidates=candidates,
        )
        for token in parsed.stamps[:MAX_STAMPS]
    ]
    invalid = [stamp for stamp in stamps if stamp.problems]
    valid = [stamp for stamp in stamps if stamp.is_valid]
    latest = datetime.max.replace(tzinfo=UTC)
    valid.sort(key=lambda stamp: stamp.stamped_at or latest)
    return next(iter([*invalid, *valid, *stamps]), None)
