"""A certificate authority for tests: a root, an issuing authority, people."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from edo.signing.accreditation import Accreditation
from edo.signing.certificates import (
    DOCUMENT_SIGNING,
    OGRN,
    ORGANISATION_INN,
    PERSON_INN,
    SNILS,
)
from edo.signing.cms_signing import PrivateKey, sign_detached, sign_value
from edo.signing.trust import TrustStore

if TYPE_CHECKING:
    from tests.support.signing.gost_pki import GostAuthority

NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
YEAR = 365 * DAY
PDF = b"%PDF-1.7\nthe contract\n%%EOF\n"


@dataclass(frozen=True)
class Signer:
    """A person with a key and a certificate."""

    key: PrivateKey
    certificate: x509.Certificate
    issuers: tuple[x509.Certificate, ...]

    def sign(self, content: bytes, signed_at: dt.datetime = NOW) -> bytes:
        return sign_detached(
            content,
            key=self.key,
            certificate=self.certificate,
            issuers=self.issuers,
            signed_at=signed_at,
        )

    def sign_value(self, data: bytes) -> bytes:
        """The bare signature value of ``data``."""
        return sign_value(self.key, data)

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()


class Authority:
    """A root and an issuing authority under it."""

    def __init__(self, name: str = "Тестовый") -> None:
        self.root_key = ec.generate_private_key(ec.SECP256R1())
        self.key = ec.generate_private_key(ec.SECP256R1())
        root_name, own_name = build_name(f"{name} корень"), build_name(f"{name} УЦ")
        self.root = self._ca(root_name, self.root_key, path_length=1, issuer=root_name)
        self.issuing = self._ca(own_name, self.key, path_length=0, issuer=root_name)

    @property
    def trust(self) -> TrustStore:
        return TrustStore((self.root,))

    def accredit(
        self, since: dt.date, until: dt.date | None = None, *, is_test: bool = False
    ) -> TrustStore:
        """The trust with a term of accreditation of the issuing authority."""
        fingerprint = self.issuing.fingerprint(hashes.SHA256()).hex()
        term = Accreditation(fingerprint, "АО «УЦ»", since, until, is_test)
        return TrustStore((self.root,), accreditations=(term,))

    def trust_with_revoked(self, signer: Signer, since: dt.datetime) -> TrustStore:
        return TrustStore((self.root,), (self.revocation_list({signer.certificate: since}),))

    def revocation_list(
        self,
        revoked: dict[x509.Certificate, dt.datetime],
        until: dt.datetime = NOW + YEAR,
        since: dt.datetime = NOW - 10 * YEAR,
        number: int | None = None,
    ) -> x509.CertificateRevocationList:
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.issuing.subject)
            .last_update(since)
            .next_update(until)
        )
        if number is not None:
            builder = builder.add_extension(x509.CRLNumber(number), critical=False)
        for certificate, since in revoked.items():
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder(certificate.serial_number, since).build()
            )
        return builder.sign(self.key, hashes.SHA256())

    def signer(
        self,
        *,
        inn: str = "771234567859",
        organisation_inn: str = "7701001100",
        snils: str = "11223344595",
        valid_from: dt.datetime = NOW - YEAR,
        valid_until: dt.datetime = NOW + YEAR,
        use_rsa: bool = False,
        may_sign: bool = True,
        ogrn: str = "1157746001104",
        extensions: Sequence[x509.ExtensionType] = (),
    ) -> Signer:
        key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
        key = ec.generate_private_key(ec.SECP256R1())
        if use_rsa:
            key = rsa_key()
        subject = build_name(
            "Петров Петр Петрович",
            (NameOID.SURNAME, "Петров"),
            (NameOID.GIVEN_NAME, "Петр Петрович"),
            (NameOID.TITLE, "Директор"),
            (NameOID.ORGANIZATION_NAME, "ООО «Ромашка»"),
            (PERSON_INN, inn),
            (ORGANISATION_INN, organisation_inn),
            (SNILS, snils),
            (OGRN, ogrn),
        )
        builder = _builder(subject, self.issuing.subject, key, valid_from, valid_until)
        builder = builder.add_extension(build_usage(sign=may_sign, ca=not may_sign), critical=True)
        builder = builder.add_extension(_authority(self.key), critical=False)
        for extension in extensions:
            builder = builder.add_extension(extension, critical=False)
        return Signer(key, builder.sign(self.key, hashes.SHA256()), (self.issuing,))

    def seal(
        self,
        *,
        organisation_inn: str,
        valid_from: dt.datetime = NOW - YEAR,
        usage: x509.ObjectIdentifier = DOCUMENT_SIGNING,
    ) -> Signer:
        """The seal of an organisation."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = build_name(
            "Печать E-Contract",
            (NameOID.ORGANIZATION_NAME, "ПАО «Ростелеком»"),
            (ORGANISATION_INN, organisation_inn),
        )
        builder = _builder(subject, self.issuing.subject, key, valid_from, NOW + YEAR)
        builder = builder.add_extension(build_usage(sign=True, ca=False), critical=True)
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        builder = builder.add_extension(_authority(self.key), critical=False)
        return Signer(key, builder.sign(self.key, hashes.SHA256()), (self.issuing,))

    def time_stamp_authority(
        self, valid_from: dt.datetime = NOW - YEAR, valid_until: dt.datetime = NOW + YEAR
    ) -> Signer:
        key = ec.generate_private_key(ec.SECP256R1())
        name = build_name("Служба времени")
        builder = _builder(name, self.issuing.subject, key, valid_from, valid_until)
        builder = builder.add_extension(build_usage(sign=True, ca=False), critical=True)
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(usage, critical=True)
        builder = builder.add_extension(_authority(self.key), critical=False)
        return Signer(key, builder.sign(self.key, hashes.SHA256()), (self.issuing,))

    def _ca(
        self,
        name: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        *,
        path_length: int,
        issuer: x509.Name,
    ) -> x509.Certificate:
        builder = _builder(name, issuer, key, NOW - 20 * YEAR, NOW + 20 * YEAR)
        constraints = x509.BasicConstraints(ca=True, path_length=path_length)
        builder = builder.add_extension(constraints, critical=True)
        builder = builder.add_extension(build_usage(sign=False, ca=True), critical=True)
        builder = builder.add_extension(_authority(self.root_key), critical=False)
        return builder.sign(self.root_key, hashes.SHA256())


def name_unknown_algorithm(signature: bytes) -> bytes:
    """The signature with an algorithm that nobody knows."""
    info = cms.ContentInfo.load(signature)
    info["content"]["signer_infos"][0]["signature_algorithm"] = {"algorithm": "1.2.3.4"}
    return info.dump()


@cache
def authority() -> Authority:
    """The authority that the tests trust."""
    return Authority()


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def write_trust(folder: Path, owner: "Authority | GostAuthority") -> Path:
    """The root as a PEM file."""
    path = folder / "roots.pem"
    path.write_bytes(owner.root.public_bytes(Encoding.PEM))
    return path


def write_key(folder: Path, signer: Signer, name: str) -> None:
    """The key as the local provider needs it, in a folder for keys."""
    folder.mkdir(mode=0o700, exist_ok=True)
    key = signer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    chain = [signer.certificate, *signer.issuers]
    path = folder / f"{name}.pem"
    path.write_bytes(key + b"".join(item.public_bytes(Encoding.PEM) for item in chain))
    path.chmod(0o600)


def build_name(common_name: str, *others: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    pairs = [(NameOID.COMMON_NAME, common_name), *others]
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in pairs if value])


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey,
    valid_from: dt.datetime,
    valid_until: dt.datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(valid_from)
        .not_valid_after(valid_until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _authority(key: ec.EllipticCurvePrivateKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())


def build_usage(*, sign: bool, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=sign,
        content_commitment=sign,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )
