"""Whether a parsed signature belongs to its content and to its certificate. No database."""

import hashlib
from collections.abc import Callable

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from edo.crypto import digests, signatures
from edo.crypto.digests import NAMES_BY_OID, WEAK_OIDS
from edo.crypto.errors import InvalidSignature, UnsupportedAlgorithm, WeakAlgorithm
from edo.signing.cms_parsing import SHA_1, ParsedSignature
from edo.signing.report import Findings, build_doubt, build_problem, merge
from edo.signing.revocation import get_spki

# The digest of the content by the name of its algorithm; None when it is not at hand.
DigestOfContent = Callable[[str], bytes | None]


def check_integrity(
    parsed: ParsedSignature, certificate: x509.Certificate, digest: DigestOfContent
) -> Findings:
    """The digest of the content, the value, and the certificate that the signer names."""
    if parsed.digest_algorithm in WEAK_OIDS:
        return [build_problem("algorithm_weak")], []
    if parsed.digest_algorithm not in NAMES_BY_OID.values():
        return [], [build_doubt("digest_unsupported")]
    content, content_digest = _check_content(parsed, digest)
    value = _check_value(parsed, certificate, content_digest)
    return merge(content, value, _check_named_certificate(parsed, certificate))


def _check_content(
    parsed: ParsedSignature, digest: DigestOfContent
) -> tuple[Findings, bytes | None]:
    """The findings, and the digest of the content."""
    try:
        content_digest = digest(parsed.digest_algorithm)
    except UnsupportedAlgorithm:
        return ([], [build_doubt("digest_unsupported")]), None
    if content_digest is None:
        return ([], [build_doubt("digest_unavailable")]), None
    if parsed.message_digest not in (None, content_digest):
        return ([build_problem("digest_mismatch")], []), content_digest
    return ([], []), content_digest


def _check_value(
    parsed: ParsedSignature, certificate: x509.Certificate, content_digest: bytes | None
) -> Findings:
    """Without signed attributes the value is the signature of the content itself."""
    key, algorithm = get_spki(certificate), parsed.signature_algorithm
    name = parsed.digest_algorithm
    try:
        if parsed.signed_bytes is not None:
            signatures.verify(key, algorithm, parsed.signed_bytes, parsed.value, digest_name=name)
        elif content_digest is not None:
            signatures.verify_digest(key, algorithm, content_digest, parsed.value, digest_name=name)
    except InvalidSignature:
        is_about_content = parsed.signed_bytes is None
        return [build_problem("digest_mismatch" if is_about_content else "signature_invalid")], []
    except WeakAlgorithm:
        return [build_problem("algorithm_weak")], []
    except UnsupportedAlgorithm:
        return [], [build_doubt("algorithm_unsupported")]
    return [], []


def _check_named_certificate(parsed: ParsedSignature, certificate: x509.Certificate) -> Findings:
    if parsed.certificate_digest is None:
        return [], []
    oid, expected = parsed.certificate_digest
    encoded = certificate.public_bytes(Encoding.DER)
    try:
        if oid == SHA_1:
            # Nobody can make another certificate with the SHA-1 of a given one.
            actual = hashlib.sha1(encoded, usedforsecurity=False).digest()
        else:
            actual = digests.digest(NAMES_BY_OID.get(oid, oid), encoded)
    except UnsupportedAlgorithm:
        return [], [build_doubt("digest_unsupported")]
    return ([] if actual == expected else [build_problem("certificate_substituted")]), []
