"""Reading what a signing certificate says about its owner. No database."""

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
# RFC 9336: the extended key usage of a certificate that signs documents.
DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")

# Certificates issued before September 2021 keep the ten digits of an organisation in the person's
# field, padded with two zeros.
OLD_ORGANISATION_PREFIX = "00"


@dataclass(frozen=True)
class CertificateDetails:
    """The fields of a certificate that we use; a text is empty when the certificate has none.

    `serial` is upper-case hexadecimal, datetimes are aware UTC, `pem` is the certificate itself.
    `is_seal` is true for the certificate of an organisation's seal (`edo/seal.py`).
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
    is_seal: bool

    def belongs_to(self, inn: str) -> bool:
        """Whether the owner is the organisation (10 digits) or the person (12) with ``inn``."""
        return bool(inn) and inn == (self.organisation_inn if len(inn) == 10 else self.inn)


def read_certificate(certificate: x509.Certificate) -> CertificateDetails:
    """Read a certificate. Raises ValueError when its content is broken."""
    subject = certificate.subject
    inn, organisation_inn = _get_value(subject, PERSON_INN), _get_value(subject, ORGANISATION_INN)
    if len(inn) == 12 and inn.startswith(OLD_ORGANISATION_PREFIX):
        inn, organisation_inn = "", organisation_inn or inn[2:]
    return CertificateDetails(
        owner=_get_owner(subject),
        surname=_get_value(subject, NameOID.SURNAME),
        given_name=_get_value(subject, NameOID.GIVEN_NAME),
        position=_get_value(subject, NameOID.TITLE),
        organisation=_get_value(subject, NameOID.ORGANIZATION_NAME),
        inn=inn,
        organisation_inn=organisation_inn,
        snils=_get_value(subject, SNILS),
        ogrn=_get_value(subject, OGRN) or _get_value(subject, OGRNIP),
        serial=f"{certificate.serial_number:X}",
        issuer=_get_value(certificate.issuer, NameOID.COMMON_NAME),
        valid_from=certificate.not_valid_before_utc,
        valid_until=certificate.not_valid_after_utc,
        pem=certificate.public_bytes(Encoding.PEM).decode(),
        is_seal=_is_for_documents(certificate) and not _names_person(subject),
    )


def read_pem_certificate(pem: str) -> CertificateDetails:
    """Read a PEM certificate. Raises ValueError when ``pem`` is not one."""
    return read_certificate(x509.load_pem_x509_certificate(pem.encode()))


def _get_owner(subject: x509.Name) -> str:
    """The person's name. An organisation's certificate may have the organisation in CN instead."""
    surname, given_name = (
        _get_value(subject, oid) for oid in (NameOID.SURNAME, NameOID.GIVEN_NAME)
    )
    person = f"{surname} {given_name}".strip()
    return person or _get_value(subject, NameOID.COMMON_NAME)


def _is_for_documents(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return DOCUMENT_SIGNING in usage


def _names_person(subject: x509.Name) -> bool:
    person = (NameOID.SURNAME, NameOID.GIVEN_NAME, SNILS)
    return any(_get_value(subject, oid) for oid in person)


def _get_value(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    values = [attribute.value for attribute in name.get_attributes_for_oid(oid)]
    return values[0].strip() if values and isinstance(values[0], str) else ""
