"""Whether a certificate was revoked at a given time, by the CRLs and OCSP responses at hand.

No database, no network: the caller has them, or passes an archive that has. Every one is used only
after its own signature has been verified with the key of the authority that issued the certificate.
"""

import functools
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import chain as join
from itertools import pairwise
from typing import Protocol

from asn1crypto import core, ocsp
from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from edo.crypto import signatures
from edo.crypto.digests import NAMES_BY_OID, digest
from edo.crypto.errors import InvalidSignature, UnsupportedAlgorithm, WeakAlgorithm

SHA_1 = "1.3.14.3.2.26"
MAX_OCSP_RESPONSES = 50
MAX_REMEMBERED_ISSUERS = 1000

# Whether the certificate of an authority has issued the list with a fingerprint.
_issuers: dict[tuple[bytes, x509.Certificate], bool] = {}


class RevocationStatus(StrEnum):
    """What is known about a certificate. UNKNOWN: no fresh list or response covers it."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


class _PublicKey(core.Sequence):
    """SubjectPublicKeyInfo: asn1crypto's own class knows only some types of keys."""

    _fields = [("algorithm", core.Any), ("public_key", core.OctetBitString)]


@dataclass(frozen=True)
class Revocation:
    """The status of a chain at a time; ``since`` only when it is REVOKED."""

    status: RevocationStatus
    since: datetime | None = None


class RevocationArchive(Protocol):
    """Where more CRLs and OCSP responses (DER) are, found when they are needed."""

    def find_crls(self, issuer: x509.Name) -> Sequence[x509.CertificateRevocationList]: ...

    def find_ocsp_responses(self, serial_number: int) -> Sequence[bytes]: ...


@dataclass(frozen=True)
class RevocationSources:
    """The CRLs and the OCSP responses (DER) that are at hand."""

    crls: tuple[x509.CertificateRevocationList, ...] = ()
    ocsp_responses: tuple[bytes, ...] = ()
    archive: RevocationArchive | None = None

    def check(self, chain: Sequence[x509.Certificate], at: datetime) -> Revocation:
        """Whether a certificate of ``chain`` was revoked by ``at``.

        GOOD requires an answer about the first certificate that holds for ``at``. The others are
        looked up in what is at hand.
        """
        is_known = False
        for position, (certificate, issuer) in enumerate(pairwise(chain)):
            for answer in self._find_answers(certificate, issuer):
                if answer.revoked_at is not None and answer.revoked_at <= at:
                    return Revocation(RevocationStatus.REVOKED, answer.revoked_at)
                is_known = is_known or (position == 0 and answer.holds_at(at))
        return Revocation(RevocationStatus.GOOD if is_known else RevocationStatus.UNKNOWN)

    def _find_answers(
        self, certificate: x509.Certificate, issuer: x509.Certificate
    ) -> "Iterable[_Answer]":
        archive = self.archive
        crls = archive.find_crls(issuer.subject) if archive else ()
        for crl in join(self.crls, crls):
            if crl.issuer == issuer.subject and is_issued_by(crl, issuer):
                yield _read_crl(crl, certificate)
        responses = archive.find_ocsp_responses(certificate.serial_number) if archive else ()
        for response in join(self.ocsp_responses[:MAX_OCSP_RESPONSES], responses):
            answer = read_ocsp_response(response, certificate, issuer)
            if answer is not None:
                yield answer


@dataclass(frozen=True)
class _Answer:
    """What one CRL or OCSP response says about a certificate.

    ``holds_until`` is the last time that it vouches for; None when it vouches for none.
    """

    revoked_at: datetime | None
    holds_until: datetime | None

    def holds_at(self, time: datetime) -> bool:
        return self.holds_until is not None and time <= self.holds_until


def is_issued_by(crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    """Whether the key of ``issuer`` confirms the signature of ``crl``; False when unknown."""
    # Lists are large: the answers are remembered, the lists are not.
    key = crl.fingerprint(hashes.SHA256()), issuer
    answer = _issuers.get(key)
    if answer is None:
        answer = _verify_issuer(crl, issuer)
        if len(_issuers) >= MAX_REMEMBERED_ISSUERS:
            _issuers.clear()
        _issuers[key] = answer
    return answer


def _verify_issuer(crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    try:
        parsed = asn1_crl.CertificateList.load(crl.public_bytes(Encoding.DER))
        algorithm = parsed["signature_algorithm"]
        signatures.verify(get_spki(issuer), algorithm, crl.tbs_certlist_bytes, crl.signature)
    except (InvalidSignature, WeakAlgorithm, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


@functools.lru_cache(maxsize=2048)
def get_spki(certificate: x509.Certificate) -> bytes:
    """The SubjectPublicKeyInfo, of keys too that `cryptography` cannot load."""
    parsed = asn1_x509.TbsCertificate.load(certificate.tbs_certificate_bytes)
    return bytes(parsed["subject_public_key_info"].dump())


def _read_crl(crl: x509.CertificateRevocationList, certificate: x509.Certificate) -> _Answer:
    entry = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
    holds_until = crl.next_update_utc or datetime.max.replace(tzinfo=UTC)
    return _Answer(
        entry.revocation_date_utc if entry else None,
        holds_until if covers_certificate(crl, certificate) else None,
    )


def covers_certificate(crl: x509.CertificateRevocationList, certificate: x509.Certificate) -> bool:
    """Whether ``certificate`` is good when the list lacks it: some lists are parts only."""
    try:
        extensions = {extension.oid: extension.value for extension in crl.extensions}
    except ValueError:
        return False
    point = extensions.get(ExtensionOID.ISSUING_DISTRIBUTION_POINT)
    if ExtensionOID.DELTA_CRL_INDICATOR in extensions:
        return False
    if not isinstance(point, x509.IssuingDistributionPoint):
        return True
    if point.indirect_crl or point.only_some_reasons or point.only_contains_attribute_certs:
        return False
    names = _list_distribution_points(certificate)
    return not point.only_contains_ca_certs and bool(
        not point.full_name or not names or names & set(point.full_name)
    )


def _list_distribution_points(certificate: x509.Certificate) -> set[x509.GeneralName]:
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except (x509.ExtensionNotFound, ValueError):
        return set()
    return {name for point in points for name in point.full_name or ()}


def read_ocsp_response(
    response: bytes, certificate: x509.Certificate, issuer: x509.Certificate
) -> _Answer | None:
    """What an OCSP response says; None when it says nothing about ``certificate``."""
    try:
        return _read_ocsp_response(response, certificate, issuer)
    except (InvalidSignature, WeakAlgorithm, UnsupportedAlgorithm):
        return None
    except Exception:  # noqa: BLE001 - the parsers raise anything on hostile bytes
        return None


def _read_ocsp_response(
    response: bytes, certificate: x509.Certificate, issuer: x509.Certificate
) -> _Answer | None:
    parsed = ocsp.OCSPResponse.load(response, strict=True)
    if parsed["response_status"].native != "successful":
        return None
    basic = parsed["response_bytes"]["response"].parsed
    data = basic["tbs_response_data"]
    single = next(
        (item for item in data["responses"] if _is_about(item["cert_id"], certificate, issuer)),
        None,
    )
    produced_at = data["produced_at"].native
    if single is None or not _is_from(basic, issuer, produced_at):
        return None
    status, next_update = single["cert_status"], single["next_update"].native
    if status.name == "revoked":
        return _Answer(status.chosen["revocation_time"].native, None)
    if status.name == "good":
        return _Answer(None, next_update or single["this_update"].native)
    return None


def _is_about(
    certificate_id: ocsp.CertId, certificate: x509.Certificate, issuer: x509.Certificate
) -> bool:
    if certificate_id["serial_number"].native != certificate.serial_number:
        return False
    oid = certificate_id["hash_algorithm"]["algorithm"].dotted
    key = _PublicKey.load(get_spki(issuer))["public_key"].native
    expected = [
        _hash(oid, issuer.subject.public_bytes()),
        _hash(oid, key),
    ]
    return expected == [
        certificate_id["issuer_name_hash"].native,
        certificate_id["issuer_key_hash"].native,
    ]


def _hash(oid: str, content: bytes) -> bytes:
    """SHA-1 is good enough here: it only says which certificate is meant."""
    if oid == SHA_1:
        return hashlib.sha1(content, usedforsecurity=False).digest()
    if oid not in NAMES_BY_OID:
        raise UnsupportedAlgorithm(oid)
    return digest(NAMES_BY_OID[oid], content)


def _is_from(
    basic: ocsp.BasicOCSPResponse, issuer: x509.Certificate, produced_at: datetime
) -> bool:
    """Whether the authority has signed the response itself, or somebody whom it has authorized."""
    signed_bytes, value = basic["tbs_response_data"].dump(), basic["signature"].native
    for responder in [issuer, *_list_responders(basic, issuer, produced_at)]:
        try:
            signatures.verify(
                get_spki(responder), basic["signature_algorithm"], signed_bytes, value
            )
        except (InvalidSignature, UnsupportedAlgorithm):
            continue
        return True
    return False


def _list_responders(
    basic: ocsp.BasicOCSPResponse, issuer: x509.Certificate, produced_at: datetime
) -> Iterable[x509.Certificate]:
    """The enclosed certificates of responders that the authority has issued."""
    for item in list(basic["certs"] or [])[:3]:
        certificate = x509.load_der_x509_certificate(item.dump())
        if (
            certificate.issuer == issuer.subject
            and certificate.not_valid_before_utc <= produced_at <= certificate.not_valid_after_utc
            and may_answer(certificate)
        ):
            algorithm = item["signature_algorithm"]
            signatures.verify(
                get_spki(issuer),
                algorithm,
                certificate.tbs_certificate_bytes,
                certificate.signature,
            )
            yield certificate


def may_answer(certificate: x509.Certificate) -> bool:
    """Whether its extended key usage lets it sign OCSP responses."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return ExtendedKeyUsageOID.OCSP_SIGNING in usage
