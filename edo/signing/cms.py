"""Verifying detached CMS signatures (RFC 5652). No database.

RSA and ECDSA with SHA-2. No network: the caller passes the trusted roots and the CRLs.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
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
from edo.signing.cms_parsing import HASHES, ParsedSignature, UnreadableSignature, parse_signature
from edo.signing.trust import RevocationStatus, TrustStore

PROBLEM_TEXTS = {
    "malformed": "Подпись не читается: это не открепленная подпись CMS.",
    "not_detached": "Подпись содержит документ внутри себя, а нужна открепленная.",
    "several_signers": "В файле подписи не одна подпись, а ожидается ровно одна.",
    "attributes_missing": "В подписи нет подписанных атрибутов.",
    "certificate_missing": "В подписи нет сертификата подписавшего.",
    "certificate_substituted": "Сертификат в подписи подменен: подписан другой сертификат.",
    "algorithm_unsupported": "Алгоритм подписи не поддерживается.",
    "digest_mismatch": "Подпись не соответствует файлу: файл изменен или подписан другой файл.",
    "signature_invalid": "Подпись повреждена: ключ сертификата ее не подтверждает.",
    "key_usage": "Сертификат не предназначен для подписания документов.",
    "certificate_untrusted": "Сертификат выдан центром, которому система не доверяет.",
    "certificate_expired": "Сертификат истек {}, раньше момента подписания.",
    "certificate_not_yet_valid": "Сертификат действует только с {}, позже момента подписания.",
    "certificate_revoked": "Сертификат отозван {}.",
}


@dataclass(frozen=True)
class SignatureReport:
    """The result of verifying one detached signature.

    `is_valid` is true when every check passed. Whatever could be read is filled in even when a
    check failed; `certificate` is None only when the signature or its certificate is unreadable.
    `signed_at` is the signing time that the signer states, aware UTC, None when they state none.
    `revocation` is UNKNOWN when no fresh CRL covers the certificate; that alone is no problem.
    `accreditation` is that of an authority of the chain at the signing time. Without one the
    signature may be valid, but is not known to be qualified.
    """

    problems: tuple[Refusal, ...]
    certificate: CertificateDetails | None = None
    signed_at: datetime | None = None
    digest_algorithm: str = ""
    signature_algorithm: str = ""
    revocation: RevocationStatus = RevocationStatus.UNKNOWN
    accreditation: Accreditation | None = None

    @property
    def is_valid(self) -> bool:
        return not self.problems

    def with_problem(self, problem: Refusal) -> "SignatureReport":
        """The same report with one more failed check, which the caller has made."""
        return replace(self, problems=(*self.problems, problem))


# The digest of the content by the name of its algorithm; None when it is not available.
DigestOfContent = Callable[[str], bytes | None]


def verify(
    signature: bytes, content: bytes, *, trust: TrustStore, at: datetime | None = None
) -> SignatureReport:
    """Verify a detached signature (DER) over exactly ``content``.

    The certificate must be valid at the signing time that the signer states and at ``at``, the
    time that a third party has seen the signature. Without both it must be valid now. Never
    raises on hostile input: the report has a problem then. Problem codes: keys of `PROBLEM_TEXTS`.
    """
    return _verify(signature, lambda name: hashlib.new(name, content).digest(), trust, at)


def verify_digest(
    signature: bytes, sha256: bytes, *, trust: TrustStore, at: datetime | None = None
) -> SignatureReport:
    """As `verify`, when only the SHA-256 of the content is known.

    A signature that uses another digest is reported as `algorithm_unsupported`.
    """
    return _verify(signature, lambda name: sha256 if name == "sha256" else None, trust, at)


def _verify(
    signature: bytes, digest: DigestOfContent, trust: TrustStore, at: datetime | None
) -> SignatureReport:
    try:
        parsed = parse_signature(signature)
        certificate = read_certificate(parsed.certificate)
        problems = _check_integrity(parsed, digest)
        times = [time for time in (parsed.signed_at, at) if time] or [datetime.now(UTC)]
        checks = _check_certificate(parsed, certificate, trust, times)
    except UnreadableSignature as error:
        return SignatureReport((_problem(str(error)),))
    except Exception:  # noqa: BLE001 - the parsers raise anything on hostile bytes
        return SignatureReport((_problem("malformed"),))
    return SignatureReport(
        problems=(*problems, *checks.problems),
        certificate=certificate,
        signed_at=parsed.signed_at,
        digest_algorithm=parsed.digest_algorithm,
        signature_algorithm=parsed.signature_algorithm.signature_algo,
        revocation=checks.revocation,
        accreditation=checks.accreditation,
    )


def _problem(code: str, *values: str) -> Refusal:
    return Refusal(code, PROBLEM_TEXTS[code].format(*values))


def _check_integrity(parsed: ParsedSignature, digest: DigestOfContent) -> list[Refusal]:
    problems = []
    algorithm = HASHES.get(parsed.digest_algorithm)
    expected = digest(parsed.digest_algorithm) if algorithm else None
    if algorithm is None or expected is None:
        return [_problem("algorithm_unsupported")]
    if expected != parsed.message_digest:
        problems.append(_problem("digest_mismatch"))
    try:
        _verify_value(parsed, algorithm)
    except InvalidSignature:
        problems.append(_problem("signature_invalid"))
    except UnsupportedAlgorithm:
        problems.append(_problem("algorithm_unsupported"))
    if not parsed.names_certificate:
        problems.append(_problem("certificate_substituted"))
    return problems


def _verify_value(parsed: ParsedSignature, digest: hashes.HashAlgorithm) -> None:
    """Raises InvalidSignature, or UnsupportedAlgorithm for a scheme that we do not verify."""
    key = parsed.certificate.public_key()
    algorithm = parsed.signature_algorithm
    scheme = algorithm.signature_algo
    own_digest = None if _names_no_hash(algorithm) else HASHES.get(algorithm.hash_algo)
    digest = own_digest or digest
    if isinstance(key, ec.EllipticCurvePublicKey) and scheme == "ecdsa":
        key.verify(parsed.value, parsed.signed_bytes, ec.ECDSA(digest))
    elif isinstance(key, rsa.RSAPublicKey) and scheme == "rsassa_pkcs1v15":
        key.verify(parsed.value, parsed.signed_bytes, padding.PKCS1v15(), digest)
    elif isinstance(key, rsa.RSAPublicKey) and scheme == "rsassa_pss":
        scheme_padding = padding.PSS(padding.MGF1(digest), padding.PSS.AUTO)
        key.verify(parsed.value, parsed.signed_bytes, scheme_padding, digest)
    else:
        raise UnsupportedAlgorithm(scheme)


def _names_no_hash(algorithm: algos.SignedDigestAlgorithm) -> bool:
    """Whether the algorithm leaves the hash to SignerInfo.digestAlgorithm."""
    return algorithm["algorithm"].native in {"rsassa_pkcs1v15", "ecdsa"}


@dataclass(frozen=True)
class _CertificateChecks:
    """What the certificate, its chain and the CRLs say; the fields are those of the report."""

    problems: list[Refusal]
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
        problems.append(_problem("certificate_expired", format_date(certificate.valid_until)))
    if min(times) < certificate.valid_from:
        problems.append(_problem("certificate_not_yet_valid", format_date(certificate.valid_from)))
    if not _may_sign(parsed.certificate):
        problems.append(_problem("key_usage"))
    # An expired certificate may still be of a trusted issuer: the two are separate problems.
    chain_at = min(max(max(times), certificate.valid_from), certificate.valid_until)
    chain = trust.build_chain(parsed.certificate, parsed.other_certificates, chain_at)
    if chain is None:
        return _CertificateChecks([*problems, _problem("certificate_untrusted")])
    revocation, revoked_at = trust.check_revocation(chain, max(times))
    if revoked_at is not None:
        problems.append(_problem("certificate_revoked", format_date(revoked_at)))
    accreditation = find_accreditation(trust.accreditations, chain, min(times))
    return _CertificateChecks(problems, revocation, accreditation)


def _may_sign(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.digital_signature or usage.content_commitment
