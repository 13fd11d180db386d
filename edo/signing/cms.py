"""Verifying detached CMS signatures (RFC 5652). No database.

RSA and ECDSA with SHA-2. No network: the caller passes the trusted roots and the CRLs.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from asn1crypto import algos
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from econtract.platform.common.moscow_time import format_date
from econtract.platform.common.refusals import Refusal
from edo.signing.accreditation import Accreditation, find_accreditation
from edo.signing.certificates import CertificateDetails, read_certificate
from edo.signing.cms_parsing import (
    HASHES,
    ParsedSignature,
    UnreadableSignature,
    is_signed_data,
    parse_signature,
)
from edo.signing.report import SignatureReport, build_doubt, build_problem
from edo.signing.trust import RevocationStatus, TrustStore

WEAK_DIGESTS = {"md2", "md5", "sha1"}

# The digest of the content by the name of its algorithm; None when it is not available.
DigestOfContent = Callable[[str], bytes | None]


def verify(
    signature: bytes, content: bytes, *, trust: TrustStore, at: datetime | None = None
) -> SignatureReport:
    """Verify a detached signature (DER) over exactly ``content``.

    The certificate must be valid at the signing time that the signer states and at ``at``, the
    time that a third party has seen the signature. Without both it must be valid now. Never
    raises: what cannot be judged is a doubt of the report. Codes: `PROBLEM_TEXTS`, `DOUBT_TEXTS`.
    """
    return _verify(signature, lambda name: hashlib.new(name, content).digest(), trust, at)


def verify_digest(
    signature: bytes, sha256: bytes, *, trust: TrustStore, at: datetime | None = None
) -> SignatureReport:
    """As `verify`, when only the SHA-256 of the content is known.

    A signature that uses another digest gets the doubt `digest_unsupported`.
    """
    return _verify(signature, lambda name: sha256 if name == "sha256" else None, trust, at)


def _verify(
    signature: bytes, digest: DigestOfContent, trust: TrustStore, at: datetime | None
) -> SignatureReport:
    try:
        return _build_report(parse_signature(signature), digest, trust, at)
    except UnreadableSignature as error:
        return SignatureReport((build_problem(str(error)),))
    except Exception:  # noqa: BLE001 - the parsers raise anything on hostile bytes
        if is_signed_data(signature):
            return SignatureReport(doubts=(build_doubt("unreadable"),))
        return SignatureReport((build_problem("malformed"),))


def _build_report(
    parsed: ParsedSignature, digest: DigestOfContent, trust: TrustStore, at: datetime | None
) -> SignatureReport:
    certificate = read_certificate(parsed.certificate)
    problems, doubts = _check_integrity(parsed, digest)
    times = [time for time in (parsed.signed_at, at) if time] or [datetime.now(UTC)]
    checks = _check_certificate(parsed, certificate, trust, times)
    return SignatureReport(
        problems=(*problems, *checks.problems),
        doubts=(*doubts, *checks.doubts),
        certificate=certificate,
        signed_at=parsed.signed_at,
        digest_algorithm=parsed.digest_algorithm,
        signature_algorithm=parsed.signature_algorithm["algorithm"].dotted,
        revocation=checks.revocation,
        accreditation=checks.accreditation,
    )


def _check_integrity(
    parsed: ParsedSignature, digest: DigestOfContent
) -> tuple[list[Refusal], list[Refusal]]:
    """The (problems, doubts) of digest, value and certificate."""
    problems: list[Refusal] = []
    algorithm = HASHES.get(parsed.digest_algorithm)
    expected = digest(parsed.digest_algorithm) if algorithm else None
    if parsed.digest_algorithm in WEAK_DIGESTS:
        return [build_problem("algorithm_weak")], []
    if algorithm is None or expected is None:
        return [], [build_doubt("digest_unsupported")]
    if expected != parsed.message_digest:
        problems.append(build_problem("digest_mismatch"))
    try:
        _verify_value(parsed, algorithm)
    except InvalidSignature:
        problems.append(build_problem("signature_invalid"))
    except UnsupportedAlgorithm:
        return problems, [build_doubt("algorithm_unsupported")]
    if not parsed.names_certificate:
        problems.append(build_problem("certificate_substituted"))
    return problems, []


def _verify_value(parsed: ParsedSignature, digest: hashes.HashAlgorithm) -> None:
    """Raises InvalidSignature, or UnsupportedAlgorithm for a scheme that we do not verify."""
    key = parsed.certificate.public_key()
    algorithm = parsed.signature_algorithm
    name = algorithm["algorithm"].native
    # The algorithm may leave the hash to SignerInfo.digestAlgorithm.
    if name not in {"rsassa_pkcs1v15", "ecdsa"}:
        digest = HASHES.get(_get_hash_name(algorithm)) or digest
    if isinstance(key, ec.EllipticCurvePublicKey) and name.endswith("ecdsa"):
        key.verify(parsed.value, parsed.signed_bytes, ec.ECDSA(digest))
    elif isinstance(key, rsa.RSAPublicKey) and name == "rsassa_pss":
        scheme_padding = padding.PSS(padding.MGF1(digest), padding.PSS.AUTO)
        key.verify(parsed.value, parsed.signed_bytes, scheme_padding, digest)
    elif isinstance(key, rsa.RSAPublicKey) and (name.endswith("_rsa") or name == "rsassa_pkcs1v15"):
        key.verify(parsed.value, parsed.signed_bytes, padding.PKCS1v15(), digest)
    else:
        raise UnsupportedAlgorithm(name)


def _get_hash_name(algorithm: algos.SignedDigestAlgorithm) -> str:
    """The hash that a signature algorithm names. Raises UnsupportedAlgorithm."""
    try:
        return str(algorithm.hash_algo)
    except ValueError as error:
        raise UnsupportedAlgorithm(str(error)) from error


@dataclass(frozen=True)
class _CertificateChecks:
    """What the certificate, its chain and the CRLs say; the fields are those of the report."""

    problems: list[Refusal]
    doubts: list[Refusal] = field(default_factory=list)
    revocation: RevocationStatus = RevocationStatus.UNKNOWN
    accreditation: Accreditation | None = None


def _check_certificate(
    parsed: ParsedSignature,
    certificate: CertificateDetails,
    trust: TrustStore,
    times: list[datetime],
) -> _CertificateChecks:
    problems = []
    if max(times) > certificate.valid_until:
        problems.append(build_problem("certificate_expired", format_date(certificate.valid_until)))
    if min(times) < certificate.valid_from:
        problems.append(
            build_problem("certificate_not_yet_valid", format_date(certificate.valid_from))
        )
    if not _may_sign(parsed.certificate):
        problems.append(build_problem("key_usage"))
    # An expired certificate may still be of a trusted issuer: the two are separate problems.
    chain_at = min(max(max(times), certificate.valid_from), certificate.valid_until)
    chain = trust.build_chain(parsed.certificate, parsed.other_certificates, chain_at)
    if chain is None and not _can_verify_issuer_of(parsed.certificate):
        return _CertificateChecks(problems, [build_doubt("chain_unsupported")])
    if chain is None:
        return _CertificateChecks([*problems, build_problem("certificate_untrusted")])
    revocation, revoked_at = trust.check_revocation(chain, max(times))
    if revoked_at is not None:
        problems.append(build_problem("certificate_revoked", format_date(revoked_at)))
    accreditation = find_accreditation(trust.accreditations, chain, min(times))
    return _CertificateChecks(problems, [], revocation, accreditation)


def _can_verify_issuer_of(certificate: x509.Certificate) -> bool:
    """Whether we know the algorithm with which the issuer signed ``certificate``."""
    try:
        return certificate.signature_hash_algorithm is not None
    except UnsupportedAlgorithm:
        return False


def _may_sign(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.digital_signature or usage.content_commitment
