"""Detached signatures (CMS SignedData, RFC 5652): reading and verifying. No database.

RSA and ECDSA with SHA-2. A verdict never depends on the network: whom to trust and which
revocation lists to ask comes in as `Trust`.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import algos, core
from asn1crypto import cms as asn1
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from edo.problems import Problem, day
from edo.signing.certificates import CertificateDetails, details
from edo.signing.trust import Revocation, Trust

LARGEST_SIGNATURE = 2 * 1024 * 1024
MOST_CERTIFICATES = 20
HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}

SENTENCES = {
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
    """The verdict on one detached signature.

    `ok` is true when every check held. What could be read is filled even when a check failed;
    `certificate` is None only when the signature or its certificate cannot be read at all.
    `signed_at` is what the signer states, aware UTC, None when not stated. `revocation` is UNKNOWN
    when no fresh list speaks for the certificate, which by itself is no problem.
    """

    problems: tuple[Problem, ...]
    certificate: CertificateDetails | None = None
    signed_at: datetime | None = None
    digest_algorithm: str = ""
    signature_algorithm: str = ""
    revocation: Revocation = Revocation.UNKNOWN

    @property
    def ok(self) -> bool:
        return not self.problems

    def with_problem(self, problem: Problem) -> "SignatureReport":
        """The same report with one more failed check, found by the caller."""
        return SignatureReport(
            (*self.problems, problem),
            self.certificate,
            self.signed_at,
            self.digest_algorithm,
            self.signature_algorithm,
            self.revocation,
        )


class _Unreadable(Exception):
    """The signature cannot be judged further; carries the problem's code."""


@dataclass(frozen=True)
class _Signature:
    """The parts of a SignedData with one signer."""

    certificate: x509.Certificate
    others: tuple[x509.Certificate, ...]
    digest_algorithm: str
    algorithm: algos.SignedDigestAlgorithm
    message_digest: bytes
    signed_bytes: bytes
    value: bytes
    signed_at: datetime | None
    certificate_matches: bool


Digest = Callable[[str], bytes | None]


def verify(
    signature: bytes, content: bytes, *, trust: Trust, at: datetime | None = None
) -> SignatureReport:
    """Checks a detached signature (DER) over exactly ``content``.

    The certificate must hold at the signing time that the signer states and, when given, at the
    moment ``at`` of a witness; with neither, now. Never raises on hostile input: that is a report
    with a problem. Codes of problems: the keys of `SENTENCES`.
    """
    return _report(signature, lambda name: hashlib.new(name, content).digest(), trust, at)


def verify_digest(
    signature: bytes, sha256: bytes, *, trust: Trust, at: datetime | None = None
) -> SignatureReport:
    """As `verify`, for content known by its SHA-256 alone.

    A signature made with another digest is reported as `algorithm_unsupported`.
    """
    return _report(signature, lambda name: sha256 if name == "sha256" else None, trust, at)


def _report(signature: bytes, digest: Digest, trust: Trust, at: datetime | None) -> SignatureReport:
    try:
        parsed = _parse(signature)
        certificate = details(parsed.certificate)
        problems = _integrity_problems(parsed, digest)
        moments = [moment for moment in (parsed.signed_at, at) if moment] or [datetime.now(UTC)]
        found, revocation = _certificate_problems(parsed, certificate, trust, moments)
    except _Unreadable as error:
        return SignatureReport((_problem(str(error)),))
    except Exception:  # noqa: BLE001 - hostile bytes fail in every way the parsers know
        return SignatureReport((_problem("malformed"),))
    return SignatureReport(
        problems=(*problems, *found),
        certificate=certificate,
        signed_at=parsed.signed_at,
        digest_algorithm=parsed.digest_algorithm,
        signature_algorithm=parsed.algorithm.signature_algo,
        revocation=revocation,
    )


def _problem(code: str, *values: str) -> Problem:
    return Problem(code, SENTENCES[code].format(*values))


# --- Reading ---------------------------------------------------------------------------------


def _parse(signature: bytes) -> _Signature:
    if len(signature) > LARGEST_SIGNATURE:
        raise _Unreadable("malformed")
    info = asn1.ContentInfo.load(signature, strict=True)
    if info["content_type"].native != "signed_data":
        raise _Unreadable("malformed")
    signed_data = info["content"]
    if signed_data["encap_content_info"]["content"].native is not None:
        raise _Unreadable("not_detached")
    if len(signed_data["signer_infos"]) != 1:
        raise _Unreadable("several_signers")
    signer = signed_data["signer_infos"][0]
    attributes = _attributes(signer)
    certificates = _certificates(signed_data)
    certificate = next((item for item in certificates if _is_signers(item, signer)), None)
    if certificate is None:
        raise _Unreadable("certificate_missing")
    return _Signature(
        certificate=certificate,
        others=tuple(item for item in certificates if item is not certificate),
        digest_algorithm=signer["digest_algorithm"]["algorithm"].native,
        algorithm=signer["signature_algorithm"],
        message_digest=attributes["message_digest"].native,
        signed_bytes=signer["signed_attrs"].untag().dump(),
        value=signer["signature"].native,
        signed_at=_signed_at(attributes),
        certificate_matches=_certificate_matches(attributes, certificate),
    )


def _attributes(signer: asn1.SignerInfo) -> dict[str, core.Asn1Value]:
    """Signed attributes by name. Each may be there once, with one value (RFC 5652, 11)."""
    if not isinstance(signer["signed_attrs"], asn1.CMSAttributes):
        raise _Unreadable("attributes_missing")
    found: dict[str, core.Asn1Value] = {}
    for attribute in signer["signed_attrs"]:
        name = attribute["type"].native
        if name in found or len(attribute["values"]) != 1:
            raise _Unreadable("malformed")
        found[name] = attribute["values"][0]
    if "message_digest" not in found:
        raise _Unreadable("attributes_missing")
    if "content_type" not in found or found["content_type"].native != "data":
        raise _Unreadable("malformed")
    return found


def _signed_at(attributes: dict[str, core.Asn1Value]) -> datetime | None:
    time = attributes.get("signing_time")
    if time is None:
        return None
    if time.native.tzinfo is None:
        raise _Unreadable("malformed")
    return datetime.fromtimestamp(time.native.timestamp(), UTC)


def _certificates(signed_data: asn1.SignedData) -> list[x509.Certificate]:
    choices = signed_data["certificates"]
    if not isinstance(choices, asn1.CertificateSet):
        return []
    if len(choices) > MOST_CERTIFICATES:
        raise _Unreadable("malformed")
    return [
        x509.load_der_x509_certificate(choice.chosen.dump())
        for choice in choices
        if choice.name == "certificate"
    ]


def _is_signers(certificate: x509.Certificate, signer: asn1.SignerInfo) -> bool:
    identifier = signer["sid"].chosen
    if isinstance(identifier, asn1.IssuerAndSerialNumber):
        if certificate.serial_number != identifier["serial_number"].native:
            return False
        issuer, named = certificate.issuer.public_bytes(), identifier["issuer"]
        # Nearly always the same bytes; comparing names by RFC 5280 costs a millisecond.
        return bool(issuer == named.dump() or asn1_x509.Name.load(issuer) == named)
    own = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    return bool(own.value.digest == identifier.native)


def _certificate_matches(
    attributes: dict[str, core.Asn1Value], certificate: x509.Certificate
) -> bool:
    """Whether signing-certificate-v2 (RFC 5035), when there, names this very certificate."""
    attribute = attributes.get("signing_certificate_v2")
    if attribute is None:
        return True
    named = attribute["certs"][0]
    algorithm = HASHES.get(named["hash_algorithm"]["algorithm"].native)
    return algorithm is not None and certificate.fingerprint(algorithm) == named["cert_hash"].native


# --- Judging ---------------------------------------------------------------------------------


def _integrity_problems(parsed: _Signature, digest: Digest) -> list[Problem]:
    problems = []
    algorithm = HASHES.get(parsed.digest_algorithm)
    expected = digest(parsed.digest_algorithm) if algorithm else None
    if algorithm is None or expected is None:
        return [_problem("algorithm_unsupported")]
    if expected != parsed.message_digest:
        problems.append(_problem("digest_mismatch"))
    try:
        _check_value(parsed, algorithm)
    except InvalidSignature:
        problems.append(_problem("signature_invalid"))
    except UnsupportedAlgorithm:
        problems.append(_problem("algorithm_unsupported"))
    if not parsed.certificate_matches:
        problems.append(_problem("certificate_substituted"))
    return problems


def _check_value(parsed: _Signature, digest: hashes.HashAlgorithm) -> None:
    """Raises InvalidSignature, or UnsupportedAlgorithm for what we do not verify."""
    key = parsed.certificate.public_key()
    scheme = parsed.algorithm.signature_algo
    named = None if _names_no_hash(parsed.algorithm) else HASHES.get(parsed.algorithm.hash_algo)
    digest = named or digest
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
    """Whether the hash of the signature is that of SignerInfo.digestAlgorithm."""
    return algorithm["algorithm"].native in {"rsassa_pkcs1v15", "ecdsa"}


def _certificate_problems(
    parsed: _Signature,
    certificate: CertificateDetails,
    trust: Trust,
    moments: list[datetime],
) -> tuple[list[Problem], Revocation]:
    problems = []
    if max(moments) > certificate.valid_until:
        problems.append(_problem("certificate_expired", day(certificate.valid_until)))
    if min(moments) < certificate.valid_from:
        problems.append(_problem("certificate_not_yet_valid", day(certificate.valid_from)))
    if not _may_sign(parsed.certificate):
        problems.append(_problem("key_usage"))
    # Whose certificate it is, is a question apart from whether it has expired.
    judged_at = min(max(max(moments), certificate.valid_from), certificate.valid_until)
    chain = trust.chain(parsed.certificate, parsed.others, judged_at)
    if chain is None:
        return [*problems, _problem("certificate_untrusted")], Revocation.UNKNOWN
    revocation, since = trust.revocation(chain, max(moments))
    if since is not None:
        problems.append(_problem("certificate_revoked", day(since)))
    return problems, revocation


def _may_sign(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.digital_signature or usage.content_commitment
