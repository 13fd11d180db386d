"""What the test authorities say about revocation at any time: CRLs with short terms, and OCSP."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator

from asn1crypto import algos, core, ocsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from econtract.sandbox import ca
from econtract.sandbox.gost import ca as gost_ca
from econtract.sandbox.gost.ca import GostAuthority
from econtract.sandbox.gost.x509 import SIGNATURES
from econtract.sandbox.signatories import Issuer, list_revocations

OVERLAP = dt.timedelta(minutes=5)
OCSP_TERM = dt.timedelta(minutes=10)


def build_crl(issuer: Issuer, now: dt.datetime) -> bytes:
    """The revocation list of this minute, valid for SANDBOX_CRL_MINUTES."""
    term = dt.timedelta(minutes=settings.SANDBOX_CRL_MINUTES)
    return issuer.revocation_list(
        _list_own_revocations(issuer),
        now - OVERLAP,
        now + term,
        number=int(now.timestamp()) // 60,
    )


def build_ocsp_response(encoded: bytes, now: dt.datetime) -> bytes:
    """The OCSP response (DER) to a request about one certificate of a test authority."""
    try:
        request = ocsp.OCSPRequest.load(encoded, strict=True)["tbs_request"]
        certificate_id = request["request_list"][0]["req_cert"]
        name_hash, key_hash = (
            certificate_id[name].native for name in ("issuer_name_hash", "issuer_key_hash")
        )
        serial_number = certificate_id["serial_number"].native
    except (ValueError, TypeError, IndexError):
        return _refuse("malformed_request")
    issuer = next(
        (item for item in _list_issuers() if _hash_names(item) == (name_hash, key_hash)), None
    )
    if issuer is None:
        return _refuse("unauthorized")
    single = {
        "cert_id": certificate_id,
        "cert_status": _build_status(issuer, serial_number),
        "this_update": core.GeneralizedTime(now.replace(microsecond=0)),
        "next_update": core.GeneralizedTime((now + OCSP_TERM).replace(microsecond=0)),
    }
    data = ocsp.ResponseData(
        {
            "responder_id": ocsp.ResponderId("by_key", key_hash),
            "produced_at": core.GeneralizedTime(now.replace(microsecond=0)),
            "responses": [single],
        }
    )
    algorithm, value = _sign(issuer, data.dump())
    basic = {"tbs_response_data": data, "signature_algorithm": algorithm, "signature": value}
    response = {
        "response_status": "successful",
        "response_bytes": {
            "response_type": "basic_ocsp_response",
            "response": ocsp.BasicOCSPResponse(basic),
        },
    }
    return bytes(ocsp.OCSPResponse(response).dump())


def _list_issuers() -> Iterator[Issuer]:
    yield ca.load()
    if gost_ca.exists():
        yield gost_ca.load()


def _list_own_revocations(issuer: Issuer) -> list[tuple[bytes, dt.datetime]]:
    name = issuer.certificate.subject
    return [
        (certificate, revoked_at)
        for certificate, revoked_at in list_revocations()
        if x509.load_der_x509_certificate(certificate).issuer == name
    ]


def _hash_names(issuer: Issuer) -> tuple[bytes, bytes]:
    """The hashes that requests name an authority by; the one of the key is of its bits only."""
    tbs = asn1_x509.TbsCertificate.load(issuer.certificate.tbs_certificate_bytes)
    key = tbs["subject_public_key_info"]["public_key"].contents[1:]
    return _hash(issuer.certificate.subject.public_bytes()), _hash(key)


def _hash(content: bytes) -> bytes:
    return hashlib.sha1(content, usedforsecurity=False).digest()


def _build_status(issuer: Issuer, serial_number: int) -> ocsp.CertStatus:
    for certificate, revoked_at in _list_own_revocations(issuer):
        if x509.load_der_x509_certificate(certificate).serial_number == serial_number:
            time = core.GeneralizedTime(revoked_at.replace(microsecond=0))
            return ocsp.CertStatus("revoked", {"revocation_time": time})
    return ocsp.CertStatus("good", core.Null())


def _sign(issuer: Issuer, content: bytes) -> tuple[algos.SignedDigestAlgorithm, bytes]:
    if isinstance(issuer, GostAuthority):
        oid = SIGNATURES[issuer.key.public_key.algorithm]
        return algos.SignedDigestAlgorithm({"algorithm": oid}), issuer.key.sign(content)
    value = issuer.key.sign(content, ec.ECDSA(hashes.SHA256()))
    return algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}), value


def _refuse(status: str) -> bytes:
    return bytes(ocsp.OCSPResponse({"response_status": status}).dump())
