"""Signing: a detached CMS signature made with a private key. No database."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from asn1crypto import algos, core, tsp
from asn1crypto import cms as asn1
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def sign_detached(
    content: bytes,
    *,
    key: PrivateKey,
    certificate: x509.Certificate,
    issuers: Sequence[x509.Certificate] = (),
    signed_at: datetime,
) -> bytes:
    """A detached CMS SignedData (DER) over exactly ``content``, with SHA-256.

    Signed attributes: content-type, message-digest, signing-time, signing-certificate-v2. The
    certificate and its ``issuers`` are included, so that any verifier can build the chain.
    """
    asn1_certificate = _to_asn1(certificate)
    attributes = _build_attributes(content, certificate, asn1_certificate, signed_at)
    signer = asn1.SignerInfo(
        {
            "version": "v1",
            "sid": asn1.SignerIdentifier(
                "issuer_and_serial_number",
                asn1.IssuerAndSerialNumber(
                    {
                        "issuer": asn1_certificate.issuer,
                        "serial_number": asn1_certificate.serial_number,
                    }
                ),
            ),
            "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
            "signed_attrs": attributes,
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": _get_algorithm(key)}),
            "signature": _sign(key, attributes.dump()),
        }
    )
    signed_data = asn1.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
            "encap_content_info": {"content_type": "data"},
            "certificates": [asn1_certificate, *(_to_asn1(issuer) for issuer in issuers)],
            "signer_infos": [signer],
        }
    )
    info = asn1.ContentInfo({"content_type": "signed_data", "content": signed_data})
    return bytes(info.dump())


def _build_attributes(
    content: bytes,
    certificate: x509.Certificate,
    asn1_certificate: asn1_x509.Certificate,
    signed_at: datetime,
) -> asn1.CMSAttributes:
    certificate_id = tsp.ESSCertIDv2(
        {
            "hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
            "cert_hash": certificate.fingerprint(hashes.SHA256()),
            "issuer_serial": {
                "issuer": [asn1_x509.GeneralName("directory_name", asn1_certificate.issuer)],
                "serial_number": asn1_certificate.serial_number,
            },
        }
    )
    time = asn1.Time("utc_time", core.UTCTime(signed_at.replace(microsecond=0)))
    values: list[tuple[str, core.Asn1Value | str | bytes]] = [
        ("content_type", "data"),
        ("message_digest", hashlib.sha256(content).digest()),
        ("signing_time", time),
        ("signing_certificate_v2", tsp.SigningCertificateV2({"certs": [certificate_id]})),
    ]
    return asn1.CMSAttributes(
        [asn1.CMSAttribute({"type": name, "values": [value]}) for name, value in values]
    )


def _get_algorithm(key: PrivateKey) -> str:
    return "sha256_rsa" if isinstance(key, rsa.RSAPrivateKey) else "sha256_ecdsa"


def _sign(key: PrivateKey, data: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(data, ec.ECDSA(hashes.SHA256()))


def _to_asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
