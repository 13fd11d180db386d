"""What a signing certificate says about its owner. No database."""

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

# Order of the FSB of 27.12.2011 N 795 (form of a qualified certificate), section III.
PERSON_INN = x509.ObjectIdentifier("1.2.643.3.131.1.1")
ORGANISATION_INN = x509.ObjectIdentifier("1.2.643.100.4")
SNILS = x509.ObjectIdentifier("1.2.643.100.3")
OGRN = x509.ObjectIdentifier("1.2.643.100.1")
OGRNIP = x509.ObjectIdentifier("1.2.643.100.5")

# Certificates older than September 2021 keep an organisation's ten digits in the person's field.
OLD_ORGANISATION_PREFIX = "00"


@dataclass(frozen=True)
class CertificateDetails:
    """A certificate in our terms; text is empty where the certificate is silent.

    `serial` is upper-case hexadecimal, moments are aware UTC, `pem` is the certificate itself.
    """

    owner: str
    surname: str
    given_name: str
    position: str
    organisation: str
    inn: str
    organisation_inn: str
    snils: str
    ogrn: str
    serial: str
    issuer: str
    valid_from: datetime
    valid_until: datetime
    pem: str

    def speaks_for(self, inn: str) -> bool:
        """Whether the certificate is that of the organisation (10 digits) or person (12)."""
        return bool(inn) and inn == (self.organisation_inn if len(inn) == 10 else self.inn)

    def is_valid_at(self, moment: datetime) -> bool:
        """Whether ``moment`` lies between the certificate's dates."""
        return self.valid_from <= moment <= self.valid_until


def details(certificate: x509.Certificate) -> CertificateDetails:
    """Reads a certificate. Raises ValueError when it is broken inside."""
    subject = certificate.subject
    inn, organisation_inn = _value(subject, PERSON_INN), _value(subject, ORGANISATION_INN)
    if len(inn) == 12 and inn.startswith(OLD_ORGANISATION_PREFIX):
        inn, organisation_inn = "", organisation_inn or inn[2:]
    return CertificateDetails(
        owner=_owner(subject),
        surname=_value(subject, NameOID.SURNAME),
        given_name=_value(subject, NameOID.GIVEN_NAME),
        position=_value(subject, NameOID.TITLE),
        organisation=_value(subject, NameOID.ORGANIZATION_NAME),
        inn=inn,
        organisation_inn=organisation_inn,
        snils=_value(subject, SNILS),
        ogrn=_value(subject, OGRN) or _value(subject, OGRNIP),
        serial=f"{certificate.serial_number:X}",
        issuer=_value(certificate.issuer, NameOID.COMMON_NAME),
        valid_from=certificate.not_valid_before_utc,
        valid_until=certificate.not_valid_after_utc,
        pem=certificate.public_bytes(Encoding.PEM).decode(),
    )


def from_pem(pem: str) -> CertificateDetails:
    """Reads a PEM certificate. Raises ValueError when it is not one."""
    return details(x509.load_pem_x509_certificate(pem.encode()))


def _owner(subject: x509.Name) -> str:
    """The person; an organisation's certificate may carry its name in CN instead."""
    person = f"{_value(subject, NameOID.SURNAME)} {_value(subject, NameOID.GIVEN_NAME)}".strip()
    return person or _value(subject, NameOID.COMMON_NAME)


def _value(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    values = [attribute.value for attribute in name.get_attributes_for_oid(oid)]
    return values[0].strip() if values and isinstance(values[0], str) else ""
