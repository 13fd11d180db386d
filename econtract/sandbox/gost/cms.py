"""Detached CMS signatures by ГОСТ, created and verified; pyhanko does not know the algorithms."""

from __future__ import annotations

import datetime as dt

from asn1crypto import algos, core, tsp
from asn1crypto import cms as asn1_cms
from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509

from econtract.platform.crypto import gost
from econtract.platform.crypto.gost import GostPrivateKey, GostPublicKey

_DIGEST_OID = gost.OIDS_OF_DIGESTS[gost.STREEBOG_256]


def is_gost(certificate: asn1_x509.Certificate) -> bool:
    """Whether the key of the certificate is one of ГОСТ Р 34.10-2012."""
    algorithm = certificate["tbs_certificate"]["subject_public_key_info"]["algorithm"]
    return algorithm["algorithm"].dotted in gost.DIGESTS_OF_SIGNATURES


def sign(
    content: bytes,
    private_key: bytes,
    certificate: asn1_x509.Certificate,
    issuer: asn1_x509.Certificate,
    signed_at: dt.datetime,
) -> bytes:
    """A detached CMS SignedData in DER, with the attributes that `cms.sign` has."""
    key = GostPrivateKey.from_pkcs8(private_key)
    digest = algos.DigestAlgorithm({"algorithm": _DIGEST_OID})
    attributes = _build_attributes(content, certificate, signed_at)
    sid = {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    signer = {
        "version": "v1",
        "sid": asn1_cms.SignerIdentifier(
            "issuer_and_serial_number", asn1_cms.IssuerAndSerialNumber(sid)
        ),
        "digest_algorithm": digest,
        "signed_attrs": attributes,
        "signature_algorithm": {"algorithm": key.public_key.algorithm},
        "signature": key.sign(attributes.dump()),
    }
    signed_data = {
        "version": "v1",
        "digest_algorithms": [digest],
        "encap_content_info": {"content_type": "data"},
        "certificates": [certificate, issuer],
        "signer_infos": [signer],
    }
    info = {"content_type": "signed_data", "content": asn1_cms.SignedData(signed_data)}
    return bytes(asn1_cms.ContentInfo(info).dump())


def find_problem(
    content: bytes,
    signer: asn1_cms.SignerInfo,
    certificate: asn1_x509.Certificate,
    issuer: asn1_x509.Certificate,
    crl: bytes,
    now: dt.datetime,
) -> str:
    """What is wrong with a signature over `content`, in Russian; empty for a valid one."""
    attributes = {item["type"].native: item["values"][0] for item in signer["signed_attrs"]}
    digest_name = gost.DIGESTS_BY_OID[signer["digest_algorithm"]["algorithm"].dotted]
    if attributes["message_digest"].native != gost.digest(digest_name, content):
        return "Подпись не соответствует файлу документа"
    signed_bytes = signer["signed_attrs"].untag().dump()
    if not _is_signed_by(certificate, signed_bytes, signer["signature"].native):
        return "Подпись повреждена"
    if not certificate.not_valid_before <= now <= certificate.not_valid_after:
        return "Срок действия сертификата не наступил или истек"
    value = certificate["signature_value"].native
    is_ours = certificate.issuer == issuer.subject and _is_signed_by(
        issuer, certificate["tbs_certificate"].dump(), value
    )
    if not is_ours:
        return "Сертификат выдан неизвестным удостоверяющим центром"
    return "Сертификат отозван" if _is_revoked(certificate, crl, now) else ""


def read_signing_time(signer: asn1_cms.SignerInfo) -> dt.datetime | None:
    """The time that the signer states."""
    for item in signer["signed_attrs"]:
        if item["type"].native == "signing_time":
            time: dt.datetime = item["values"][0].native
            return time
    return None


def _build_attributes(
    content: bytes, certificate: asn1_x509.Certificate, signed_at: dt.datetime
) -> asn1_cms.CMSAttributes:
    certificate_id = tsp.ESSCertIDv2(
        {
            "hash_algorithm": {"algorithm": _DIGEST_OID},
            "cert_hash": gost.digest(gost.STREEBOG_256, certificate.dump()),
        }
    )
    time = asn1_cms.Time("utc_time", core.UTCTime(signed_at.replace(microsecond=0)))
    values = [
        ("content_type", "data"),
        ("message_digest", gost.digest(gost.STREEBOG_256, content)),
        ("signing_time", time),
        ("signing_certificate_v2", tsp.SigningCertificateV2({"certs": [certificate_id]})),
    ]
    return asn1_cms.CMSAttributes(
        [asn1_cms.CMSAttribute({"type": name, "values": [value]}) for name, value in values]
    )


def _is_signed_by(signer: asn1_x509.Certificate, signed_bytes: bytes, value: bytes) -> bool:
    key = GostPublicKey.from_spki(signer["tbs_certificate"]["subject_public_key_info"].dump())
    digest = gost.digest(gost.DIGESTS_OF_SIGNATURES[key.algorithm], signed_bytes)
    return key.verify(value, digest)


def _is_revoked(certificate: asn1_x509.Certificate, crl: bytes, now: dt.datetime) -> bool:
    entries = asn1_crl.CertificateList.load(crl)["tbs_cert_list"]["revoked_certificates"]
    return any(
        entry["user_certificate"].native == certificate.serial_number
        and entry["revocation_date"].native <= now
        for entry in entries or []
    )
