"""The test certification authority: root and issuing certificates, signing keys, revocation list.

Its signatures have the format of a qualified signature but no legal force.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID
from django.conf import settings

# Object identifiers of the subject attributes that Russian certification authorities use.
PERSON_INN = x509.ObjectIdentifier("1.2.643.3.131.1.1")
COMPANY_INN = x509.ObjectIdentifier("1.2.643.100.4")
SNILS = x509.ObjectIdentifier("1.2.643.100.3")
OGRN = x509.ObjectIdentifier("1.2.643.100.1")
OGRNIP = x509.ObjectIdentifier("1.2.643.100.5")
# RFC 9336: the extended key usage of a certificate that signs documents.
DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")
# RFC 3161: critical, and the only extended key usage of a time-stamp service.
TIME_STAMPING = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])

# Demo histories contain signatures made in the past, so certificates start before the set-up.
BACKDATING = dt.timedelta(days=400)
VALIDITY = dt.timedelta(days=5 * 365)


@dataclass(frozen=True)
class Subject:
    """The subject of a certificate. Empty fields are left out of its name."""

    common_name: str
    surname: str
    given_name: str
    inn: str
    snils: str
    title: str = ""
    company: str = ""
    company_inn: str = ""
    ogrn: str = ""
    ogrnip: str = ""

    def name(self) -> x509.Name:
        """The X.509 name, including the Russian attributes."""
        pairs = [
            (NameOID.COUNTRY_NAME, "RU"),
            (NameOID.COMMON_NAME, self.common_name[:64]),
            (NameOID.SURNAME, self.surname),
            (NameOID.GIVEN_NAME, self.given_name),
            (NameOID.TITLE, self.title[:64]),
            (NameOID.ORGANIZATION_NAME, self.company[:64]),
            (COMPANY_INN, self.company_inn),
            (OGRN, self.ogrn),
            (OGRNIP, self.ogrnip),
            (PERSON_INN, self.inn),
            (SNILS, self.snils),
        ]
        return x509.Name([x509.NameAttribute(oid, value) for oid, value in pairs if value])


@dataclass(frozen=True)
class IssuedKey:
    """A private key (PKCS#8, DER) and its certificate (X.509, DER)."""

    private_key: bytes
    certificate: bytes
    not_before: dt.datetime
    not_after: dt.datetime


@dataclass(frozen=True)
class Authority:
    """The issuing authority: its certificate and key, and the root certificate above it."""

    root: x509.Certificate
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def issue(
        self,
        subject: Subject,
        not_before: dt.datetime,
        not_after: dt.datetime,
        *,
        is_seal: bool = False,
        is_time_stamp: bool = False,
    ) -> IssuedKey:
        """Generate a key and issue a certificate: a person's, a seal's, a time-stamp service's."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _certificate_builder(
            subject.name(), self.certificate.subject, key, not_before, not_after
        )
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
        builder = builder.add_extension(
            key_usage(digital_signature=True, content_commitment=not is_seal), True
        )
        if is_seal:
            builder = builder.add_extension(x509.ExtendedKeyUsage([DOCUMENT_SIGNING]), False)
        if is_time_stamp:
            builder = builder.add_extension(TIME_STAMPING, True)
        builder = builder.add_extension(_authority_key_id(self.key), False)
        for extension in build_addresses("crl.der"):
            builder = builder.add_extension(extension, False)
        certificate = builder.sign(self.key, hashes.SHA256())
        return IssuedKey(
            _private_key_der(key),
            certificate.public_bytes(serialization.Encoding.DER),
            not_before,
            not_after,
        )

    def revocation_list(
        self,
        revocations: list[tuple[bytes, dt.datetime]],
        last_update: dt.datetime,
        next_update: dt.datetime,
        *,
        number: int = 1,
    ) -> bytes:
        """A CRL in DER of these (certificate, revocation date) pairs."""
        builder = x509.CertificateRevocationListBuilder(
            issuer_name=self.certificate.subject,
            last_update=last_update,
            next_update=next_update,
        )
        for certificate, revoked_at in revocations:
            serial = x509.load_der_x509_certificate(certificate).serial_number
            entry = x509.RevokedCertificateBuilder(serial, revoked_at).build()
            builder = builder.add_revoked_certificate(entry)
        builder = builder.add_extension(x509.CRLNumber(number), False)
        builder = builder.add_extension(_authority_key_id(self.key), False)
        return builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def create(directory: Path, now: dt.datetime) -> Authority:
    """Create the root and the issuing authority; write `roots.pem`, `issuing.pem`, `issuing.key`.

    The root's private key is not stored: the root issues nothing else.
    """
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root_name, name = (
        build_ca_name("Тестовый корень E-Contract"),
        build_ca_name("Тестовый УЦ E-Contract"),
    )
    not_before, not_after = now - 2 * VALIDITY, now + 2 * VALIDITY
    root = _sign_ca_certificate(
        _certificate_builder(root_name, root_name, root_key, not_before, not_after), 1, root_key
    )
    certificate = _sign_ca_certificate(
        _certificate_builder(name, root_name, key, not_before, not_after), 0, root_key
    )
    directory.mkdir(parents=True, exist_ok=True)
    pem = serialization.Encoding.PEM
    (directory / "roots.pem").write_bytes(root.public_bytes(pem))
    (directory / "issuing.pem").write_bytes(certificate.public_bytes(pem))
    descriptor = os.open(directory / "issuing.key", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(_private_key_der(key))
    return Authority(root, certificate, key)


def write_accreditations(directory: Path, certificates: Iterable[x509.Certificate]) -> None:
    """Write `accreditations.json`: the issuing authorities are accredited, for tests only."""
    terms = [
        {
            "sha256": certificate.fingerprint(hashes.SHA256()).hex(),
            "name": "Тестовый УЦ E-Contract",
            "valid_from": certificate.not_valid_before_utc.date().isoformat(),
            "valid_until": None,
            "is_test": True,
        }
        for certificate in certificates
    ]
    content = json.dumps(terms, ensure_ascii=False, indent=2)
    (directory / "accreditations.json").write_text(f"{content}\n", encoding="utf-8")


@functools.cache
def load() -> Authority:
    """The authority of this data directory, cached; FileNotFoundError before set-up."""
    directory = settings.CA_DIR
    key = serialization.load_der_private_key((directory / "issuing.key").read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("issuing.key is not an elliptic curve key")
    return Authority(
        x509.load_pem_x509_certificate((directory / "roots.pem").read_bytes()),
        x509.load_pem_x509_certificate((directory / "issuing.pem").read_bytes()),
        key,
    )


def build_ca_name(common_name: str) -> x509.Name:
    """The name of a certification authority of the sandbox."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "RU"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "E-Contract (тестовый стенд)"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _certificate_builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    not_before: dt.datetime,
    not_after: dt.datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
    )


def _sign_ca_certificate(
    builder: x509.CertificateBuilder, path_length: int, signer: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=path_length), True)
    builder = builder.add_extension(key_usage(key_cert_sign=True, crl_sign=True), True)
    return builder.add_extension(_authority_key_id(signer), False).sign(signer, hashes.SHA256())


def build_addresses(crl_file: str) -> list[x509.ExtensionType]:
    """Where the CRL and the OCSP responder are; empty without SANDBOX_URL."""
    base_url = settings.SANDBOX_URL
    if not base_url:
        return []
    crl, ocsp = (
        x509.UniformResourceIdentifier(f"{base_url}/ca/{name}") for name in (crl_file, "ocsp")
    )
    access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, ocsp)
    return [
        x509.CRLDistributionPoints([x509.DistributionPoint([crl], None, None, None)]),
        x509.AuthorityInformationAccess([access]),
    ]


def key_usage(
    *,
    digital_signature: bool = False,
    content_commitment: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    """A key usage with these purposes only."""
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=content_commitment,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _authority_key_id(key: ec.EllipticCurvePrivateKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())


def _private_key_der(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
