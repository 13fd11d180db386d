"""Signing: a detached CMS signature made with a private key. No database."""

from collections.abc import Sequence
from datetime import datetime

from asn1crypto import algos, core, tsp
from asn1crypto import cms as asn1
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from econtract.platform.crypto.gost import GostPrivateKey
from edo.crypto.digests import OIDS_BY_NAME, digest

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | GostPrivateKey


def sign_detached(
    content: bytes,
    *,
    key: PrivateKey,
    certificate: x509.Certificate,
    issuers: Sequence[x509.Certificate] = (),
    signed_at: datetime,
) -> bytes:
    """A detached CMS SignedData (DER) over exactly ``content``: Streebog for ГОСТ, else SHA-256.

    Signed attributes: content-type, message-digest, signing-time, signing-certificate-v2. The
    certificate and its ``issuers`` are included, so that any verifier can build the chain. Raises
    EngineError for ГОСТ without libgcrypt.
    """
    asn1_certificate = _to_asn1(certificate)
    digest_name = key.digest_name if isinstance(key, GostPrivateKey) else "sha256"
    digest_algorithm = algos.DigestAlgorithm({"algorithm": OIDS_BY_NAME[digest_name]})
    attributes = _build_attributes(content, asn1_certificate, digest_name, signed_at)
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
            "digest_algorithm": digest_algorithm,
            "signed_attrs": attributes,
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": _get_algorithm(key)}),
            "signature": sign_value(key, attributes.dump()),
        }
    )
    signed_data = asn1.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [digest_algorithm],
            "encap_content_info": {"content_type": "data"},
            "certificates": [asn1_certificate, *(_to_asn1(issuer) for issuer in issuers)],
            "signer_infos": [signer],
        }
    )
    info = asn1.ContentInfo({"content_type": "signed_data", "content": signed_data})
    return bytes(info.dump())


def _build_attributes(
    content: bytes, certificate: asn1_x509.Certificate, digest_name: str, signed_at: datetime
) -> asn1.CMSAttributes:
    certificate_id = tsp.ESSCertIDv2(
        {
            "hash_algorithm": algos.DigestAlgorithm({"algorithm": OIDS_BY_NAME[digest_name]}),
            "cert_hash": digest(digest_name, certificate.dump()),
            "issuer_serial": {
                "issuer": [asn1_x509.GeneralName("directory_name", certificate.issuer)],
                "serial_number": certificate.serial_number,
            },
        }
    )
    time = asn1.Time("utc_time", core.UTCTime(signed_at.replace(microsecond=0)))
    values: list[tuple[str, core.Asn1Value | str | bytes]] = [
        ("content_type", "data"),
        ("message_digest", digest(digest_name, content)),
        ("signing_time", time),
        ("signing_certificate_v2", tsp.SigningCertificateV2({"certs": [certificate_id]})),
    ]
    return asn1.CMSAttributes(
        [asn1.CMSAttribute({"type": name, "values": [value]}) for name, value in values]
    )


def _get_algorithm(key: PrivateKey) -> str:
    if isinstance(key, GostPrivateKey):
        return key.public_key.algorithm
    return "sha256_rsa" if isinstance(key, rsa.RSAPrivateKey) else "sha256_ecdsa"


def sign_value(key: PrivateKey, data: bytes) -> bytes:
    """The bare signature value of ``data``. Raises EngineError for ГОСТ without libgcrypt."""
    if isinstance(key, GostPrivateKey):
        return key.sign(data)
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(data, ec.ECDSA(hashes.SHA256()))


def _to_asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
