"""Certificates and revocation lists by ГОСТ Р 34.10-2012, which `cryptography` cannot build.

Names and extensions are those of `cryptography`; only the frame and the signature are made here.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

from asn1crypto import algos, core
from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography import x509

from econtract.platform.crypto import gost
from econtract.platform.crypto.gost import GostPrivateKey, GostPublicKey

SIGNATURES = {gost.KEY_256: gost.SIGNATURE_256, gost.KEY_512: gost.SIGNATURE_512}
# An extension and whether it is critical.
Extensions = Sequence[tuple[x509.ExtensionType, bool]]


def build_certificate(
    *,
    subject: x509.Name,
    issuer: x509.Name,
    public_key: GostPublicKey,
    not_before: dt.datetime,
    not_after: dt.datetime,
    extensions: Extensions,
    issuer_key: GostPrivateKey,
) -> x509.Certificate:
    """A certificate with a random serial number, its key identifier and that of its issuer."""
    own: Extensions = [
        (x509.SubjectKeyIdentifier(key_identifier(public_key)), False),
        (authority_key_identifier(issuer_key.public_key), False),
    ]
    tbs = asn1_x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": x509.random_serial_number(),
            "signature": _algorithm(issuer_key),
            "issuer": _name(issuer),
            "validity": {"not_before": _time(not_before), "not_after": _time(not_after)},
            "subject": _name(subject),
            "subject_public_key_info": public_key.to_spki(),
            "extensions": _extensions([*own, *extensions]),
        }
    )
    signed = {
        "tbs_certificate": tbs,
        "signature_algorithm": _algorithm(issuer_key),
        "signature_value": issuer_key.sign(tbs.dump()),
    }
    return x509.load_der_x509_certificate(asn1_x509.Certificate(signed).dump())


def build_crl(
    *,
    issuer: x509.Name,
    issuer_key: GostPrivateKey,
    last_update: dt.datetime,
    next_update: dt.datetime,
    revocations: Sequence[tuple[int, dt.datetime]],
    number: int = 1,
) -> bytes:
    """A revocation list (DER) of these (serial number, time) pairs."""
    entries = [
        {"user_certificate": serial, "revocation_date": _time(revoked_at)}
        for serial, revoked_at in revocations
    ]
    own: Extensions = [
        (x509.CRLNumber(number), False),
        (authority_key_identifier(issuer_key.public_key), False),
    ]
    tbs = asn1_crl.TbsCertList(
        {
            "version": "v2",
            "signature": _algorithm(issuer_key),
            "issuer": _name(issuer),
            "this_update": _time(last_update),
            "next_update": _time(next_update),
            "crl_extensions": asn1_crl.TBSCertListExtensions.load(_extensions(own).dump()),
            **({"revoked_certificates": entries} if entries else {}),
        }
    )
    signed = {
        "tbs_cert_list": tbs,
        "signature_algorithm": _algorithm(issuer_key),
        "signature": issuer_key.sign(tbs.dump()),
    }
    return bytes(asn1_crl.CertificateList(signed).dump())


def key_identifier(key: GostPublicKey) -> bytes:
    """The usual identifier of a key: the SHA-1 of its bits (RFC 5280, section 4.2.1.2)."""
    return hashlib.sha1(key.to_bits(), usedforsecurity=False).digest()


def authority_key_identifier(key: GostPublicKey) -> x509.AuthorityKeyIdentifier:
    """The identifier of the issuer's key."""
    return x509.AuthorityKeyIdentifier(key_identifier(key), None, None)


def _algorithm(key: GostPrivateKey) -> algos.SignedDigestAlgorithm:
    return algos.SignedDigestAlgorithm({"algorithm": SIGNATURES[key.public_key.algorithm]})


def _name(name: x509.Name) -> asn1_x509.Name:
    return asn1_x509.Name.load(name.public_bytes())


def _time(time: dt.datetime) -> asn1_x509.Time:
    """UTCTime ends with the year 2049 (RFC 5280, section 4.1.2.5)."""
    time = time.astimezone(dt.UTC).replace(microsecond=0)
    if time.year < 2050:
        return asn1_x509.Time("utc_time", core.UTCTime(time))
    return asn1_x509.Time("general_time", core.GeneralizedTime(time))


def _extensions(extensions: Extensions) -> asn1_x509.Extensions:
    return asn1_x509.Extensions(
        [
            {
                "extn_id": value.oid.dotted_string,
                "critical": is_critical,
                "extn_value": core.ParsableOctetString(value.public_bytes()),
            }
            for value, is_critical in extensions
        ]
    )
