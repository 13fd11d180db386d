"""Time-stamp tokens (RFC 3161) of the sandbox's time-stamp service."""

from __future__ import annotations

import datetime as dt
import hashlib

from asn1crypto import algos, cms, core, tsp, x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import random_serial_number

from econtract.sandbox.cms import load_issuing_certificate
from econtract.sandbox.models import SigningKey

POLICY = "1.2.643.2.2.38.4"
# Digests that a request may bring, and their lengths: SHA-2, and Streebog (ГОСТ Р 34.11-2012).
DIGEST_LENGTHS = {
    "2.16.840.1.101.3.4.2.1": 32,
    "2.16.840.1.101.3.4.2.2": 48,
    "2.16.840.1.101.3.4.2.3": 64,
    "1.2.643.7.1.1.2.2": 32,
    "1.2.643.7.1.1.2.3": 64,
}


class _Refusal(core.Sequence):
    """A TimeStampResp without a token, which asn1crypto's own class cannot be."""

    _fields = [("status", tsp.PKIStatusInfo)]


def build_response(encoded: bytes, now: dt.datetime) -> bytes:
    """The TimeStampResp (DER) for a TimeStampReq; a refusal names the reason as RFC 3161 does."""
    try:
        request = tsp.TimeStampReq.load(encoded, strict=True)
        imprint = request["message_imprint"]
        oid = imprint["hash_algorithm"]["algorithm"].dotted
        digest = imprint["hashed_message"].native
        wants_certificates = bool(request["cert_req"].native)
    except (ValueError, TypeError):
        return _refuse("bad_data_format")
    if DIGEST_LENGTHS.get(oid) != len(digest):
        return _refuse("bad_alg")
    info = {
        "version": "v1",
        "policy": POLICY,
        "message_imprint": imprint,
        "serial_number": random_serial_number(),
        "gen_time": core.GeneralizedTime(now.replace(microsecond=0)),
    }
    if request["nonce"].native is not None:
        info["nonce"] = request["nonce"]
    key = SigningKey.objects.get(role="timestamp")
    token = _sign(tsp.TSTInfo(info).dump(), key, wants_certificates)
    return bytes(
        tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token}).dump()
    )


def _refuse(reason: str) -> bytes:
    status = tsp.PKIStatusInfo({"status": "rejection", "fail_info": {reason}})
    return bytes(_Refusal({"status": status}).dump())


def _sign(info: bytes, key: SigningKey, wants_certificates: bool) -> cms.ContentInfo:
    certificate = x509.Certificate.load(bytes(key.certificate))
    identifier = tsp.ESSCertIDv2({"cert_hash": hashlib.sha256(bytes(key.certificate)).digest()})
    attributes = cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
            cms.CMSAttribute({"type": "message_digest", "values": [hashlib.sha256(info).digest()]}),
            cms.CMSAttribute(
                {
                    "type": "signing_certificate_v2",
                    "values": [tsp.SigningCertificateV2({"certs": [identifier]})],
                }
            ),
        ]
    )
    private_key = serialization.load_der_private_key(bytes(key.private_key), None)
    if not isinstance(private_key, ec.EllipticCurvePrivateKey):
        raise TypeError("the key of the time-stamp service is not an elliptic curve key")
    digest_algorithm = algos.DigestAlgorithm({"algorithm": "sha256"})
    signer = {
        "version": "v1",
        "sid": {
            "issuer_and_serial_number": {
                "issuer": certificate.issuer,
                "serial_number": certificate.serial_number,
            }
        },
        "digest_algorithm": digest_algorithm,
        "signed_attrs": attributes,
        "signature_algorithm": {"algorithm": "sha256_ecdsa"},
        "signature": private_key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256())),
    }
    signed_data = {
        "version": "v3",
        "digest_algorithms": [digest_algorithm],
        "encap_content_info": {
            "content_type": "tst_info",
            "content": core.ParsableOctetString(info),
        },
        "signer_infos": [signer],
    }
    if wants_certificates:
        signed_data["certificates"] = [certificate, load_issuing_certificate()]
    return cms.ContentInfo({"content_type": "signed_data", "content": signed_data})
