"""Time-stamp tokens (RFC 3161) of the sandbox's time-stamp service."""

from __future__ import annotations

import datetime as dt
import hashlib

from asn1crypto import algos, cms, core, tsp, x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import random_serial_number

from econtract.platform.crypto import gost
from econtract.platform.crypto.gost import GostPrivateKey
from econtract.sandbox.cms import load_certificate
from econtract.sandbox.gost import ca as gost_ca
from econtract.sandbox.gost.cms import is_gost
from econtract.sandbox.models import SigningKey

POLICY = "1.2.643.2.2.38.4"
KEY, GOST_KEY = "timestamp", "timestamp-gost"
# Digests that a request may bring, and their lengths: SHA-2, and Streebog (ГОСТ Р 34.11-2012).
DIGEST_LENGTHS = {
    "2.16.840.1.101.3.4.2.1": 32,
    "2.16.840.1.101.3.4.2.2": 48,
    "2.16.840.1.101.3.4.2.3": 64,
    "1.2.643.7.1.1.2.2": 32,
    "1.2.643.7.1.1.2.3": 64,
}
GOST_DIGESTS = {"1.2.643.7.1.1.2.2", "1.2.643.7.1.1.2.3"}


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
    key = _choose_key(oid)
    token = _sign(tsp.TSTInfo(info).dump(), key, wants_certificates)
    return bytes(
        tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token}).dump()
    )


def _refuse(reason: str) -> bytes:
    status = tsp.PKIStatusInfo({"status": "rejection", "fail_info": {reason}})
    return bytes(_Refusal({"status": status}).dump())


def _choose_key(digest_oid: str) -> SigningKey:
    """The key by ГОСТ for a digest by ГОСТ, unless the set-up has not created it."""
    keys = {key.key_ref: key for key in SigningKey.objects.filter(role="timestamp")}
    return keys[GOST_KEY if digest_oid in GOST_DIGESTS and GOST_KEY in keys else KEY]


def _sign(info: bytes, key: SigningKey, wants_certificates: bool) -> cms.ContentInfo:
    certificate = x509.Certificate.load(bytes(key.certificate))
    by_gost = is_gost(certificate)
    signer = _GostSigner(key) if by_gost else _EcdsaSigner(key)
    issuer = load_certificate(gost_ca.CERTIFICATE_FILE if by_gost else "issuing.pem")
    digest_algorithm = algos.DigestAlgorithm({"algorithm": signer.digest_oid})
    identifier = {"cert_hash": signer.digest(bytes(key.certificate))}
    if by_gost:
        identifier["hash_algorithm"] = digest_algorithm  # SHA-256 is the default
    named = tsp.SigningCertificateV2({"certs": [tsp.ESSCertIDv2(identifier)]})
    values = [
        ("content_type", "tst_info"),
        ("message_digest", signer.digest(info)),
        ("signing_certificate_v2", named),
    ]
    attributes = cms.CMSAttributes(
        [cms.CMSAttribute({"type": name, "values": [value]}) for name, value in values]
    )
    sid = {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    signed_data = {
        "version": "v3",
        "digest_algorithms": [digest_algorithm],
        "encap_content_info": {
            "content_type": "tst_info",
            "content": core.ParsableOctetString(info),
        },
        "signer_infos": [
            {
                "version": "v1",
                "sid": {"issuer_and_serial_number": sid},
                "digest_algorithm": digest_algorithm,
                "signed_attrs": attributes,
                "signature_algorithm": {"algorithm": signer.algorithm},
                "signature": signer.sign(attributes.dump()),
            }
        ],
    }
    if wants_certificates:
        signed_data["certificates"] = [certificate, issuer]
    return cms.ContentInfo({"content_type": "signed_data", "content": signed_data})


class _EcdsaSigner:
    """ECDSA with SHA-256."""

    digest_oid, algorithm = "2.16.840.1.101.3.4.2.1", "sha256_ecdsa"

    def __init__(self, key: SigningKey) -> None:
        self._key = serialization.load_der_private_key(bytes(key.private_key), None)

    def digest(self, data: bytes) -> bytes:
        return hashlib.sha256(data).digest()

    def sign(self, data: bytes) -> bytes:
        if not isinstance(self._key, ec.EllipticCurvePrivateKey):
            raise TypeError("the key of the time-stamp service is not an elliptic curve key")
        return self._key.sign(data, ec.ECDSA(hashes.SHA256()))


class _GostSigner:
    """ГОСТ Р 34.10-2012 with Streebog."""

    digest_oid = gost.OIDS_OF_DIGESTS[gost.STREEBOG_256]

    def __init__(self, key: SigningKey) -> None:
        self._key = GostPrivateKey.from_pkcs8(bytes(key.private_key))
        self.algorithm = self._key.public_key.algorithm

    def digest(self, data: bytes) -> bytes:
        return gost.digest(gost.STREEBOG_256, data)

    def sign(self, data: bytes) -> bytes:
        return self._key.sign(data)
