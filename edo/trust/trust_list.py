"""Reading the list of accredited authorities (ТСЛ), an XML file of the ministry. No database.

The file is hostile until its signature is verified: sizes and numbers are limited, and what cannot
be read makes the whole list unreadable.
"""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from econtract.platform.common.moscow_time import MOSCOW
from edo.safe_xml import parse_xml

MAX_LIST_BYTES = 64 * 1024 * 1024
MAX_AUTHORITIES = 10_000
MAX_CERTIFICATES = 50_000
MAX_CRL_URLS = 20
MAX_NAME_LENGTH = 500
MAX_URL_LENGTH = 500
ROOT = "АккредитованныеУдостоверяющиеЦентры"
ACTIVE = "Действует"
_FRACTION = re.compile(r"\.\d+")


class TrustListUnreadable(Exception):
    """The file is not a list of accredited authorities."""


@dataclass(frozen=True)
class StatusPeriod:
    """A status of accreditation and its first day; ``since`` is None when the list has no date."""

    status: str
    since: date | None


@dataclass(frozen=True)
class ListedCertificate:
    """A certificate of an authority, and where it publishes its CRLs."""

    sha256: str
    content: bytes
    valid_until: datetime
    crl_urls: tuple[str, ...]


@dataclass(frozen=True)
class ListedAuthority:
    """An authority of the list. ``statuses`` are in the order of time; the last one holds."""

    name: str
    ogrn: str
    statuses: tuple[StatusPeriod, ...]
    certificates: tuple[ListedCertificate, ...]

    @property
    def status(self) -> str:
        return self.statuses[-1].status if self.statuses else ""


@dataclass(frozen=True)
class ParsedTrustList:
    """The number and the date of a list, and its authorities. ``skipped_count`` certificates could
    not be read: real lists have a few that no parser reads.
    """

    number: int
    issued_at: datetime
    authorities: tuple[ListedAuthority, ...]
    skipped_count: int


def parse_document(content: bytes) -> etree._Element:
    """The root element of the file. Raises TrustListUnreadable."""
    try:
        root = parse_xml(content, MAX_LIST_BYTES, remove_pis=False)
    except ValueError as error:
        raise TrustListUnreadable(f"Файл не читается: {error}") from error
    if root.tag != ROOT:
        raise TrustListUnreadable("Это не список аккредитованных УЦ: другой корневой элемент.")
    return root


def read_trust_list(root: etree._Element) -> ParsedTrustList:
    """Read the elements. Raises TrustListUnreadable."""
    try:
        return _Reader().read(root)
    except (ValueError, OverflowError) as error:
        raise TrustListUnreadable(f"Список не читается: {error}") from error


class _Reader:
    """Counts certificates while it reads."""

    def __init__(self) -> None:
        self.certificate_count = 0
        self.skipped_count = 0

    def read(self, root: etree._Element) -> ParsedTrustList:
        number = int(_text(root, "Версия"))
        if not 0 < number < 2**31:
            raise ValueError("the number is out of range")
        elements = root.findall("УдостоверяющийЦентр")
        if not elements or len(elements) > MAX_AUTHORITIES:
            raise ValueError("no authorities, or too many")
        authorities = tuple(self._read_authority(element) for element in elements)
        return ParsedTrustList(
            number, _parse_time(_text(root, "Дата")), authorities, self.skipped_count
        )

    def _read_authority(self, element: etree._Element) -> ListedAuthority:
        name = _text(element, "Название")
        if not name:
            raise ValueError("an authority without a name")
        return ListedAuthority(
            name=name,
            ogrn=_text(element, "ОГРН"),
            statuses=_read_statuses(element),
            certificates=tuple(self._read_certificates(element)),
        )

    def _read_certificates(self, authority: etree._Element) -> Iterator[ListedCertificate]:
        path = "ПрограммноАппаратныеКомплексы/ПрограммноАппаратныйКомплекс"
        for key in authority.iterfind(f"{path}/КлючиУполномоченныхЛиц/Ключ"):
            urls = [
                (item.text or "").strip()
                for item in key.findall("АдресаСписковОтзыва/Адрес")[:MAX_CRL_URLS]
            ]
            crl_urls = tuple(url for url in urls if url and len(url) <= MAX_URL_LENGTH)
            for data in key.iterfind("Сертификаты/ДанныеСертификата/Данные"):
                self.certificate_count += 1
                if self.certificate_count > MAX_CERTIFICATES:
                    raise ValueError("too many certificates")
                certificate = _parse_certificate(data.text or "")
                if certificate is None:
                    self.skipped_count += 1
                else:
                    yield _list_certificate(certificate, crl_urls)


def _read_statuses(authority: etree._Element) -> tuple[StatusPeriod, ...]:
    """The history, then the present status, which may be the last of the history too."""
    elements = [
        *authority.findall("ИсторияСтатусовАккредитации/СтатусАккредитации"),
        *authority.findall("СтатусАккредитации"),
    ]
    periods = []
    for element in elements:
        status, since = _text(element, "Статус"), _text(element, "ДействуетС")
        if status:
            day = _parse_time(since).astimezone(MOSCOW).date() if since else None
            periods.append(StatusPeriod(status[:50], day))
    # Without a date the place in the document decides; sorting keeps the order of equal days.
    if all(period.since for period in periods):
        periods.sort(key=lambda period: period.since or date.min)
    return tuple(dict.fromkeys(periods))


def _list_certificate(
    certificate: x509.Certificate, crl_urls: tuple[str, ...]
) -> ListedCertificate:
    return ListedCertificate(
        sha256=certificate.fingerprint(hashes.SHA256()).hex(),
        content=certificate.public_bytes(Encoding.DER),
        valid_until=certificate.not_valid_after_utc,
        crl_urls=crl_urls,
    )


def _parse_certificate(text: str) -> x509.Certificate | None:
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
        certificate = x509.load_der_x509_certificate(content)
        # Names and dates are parsed only now.
        certificate.subject.public_bytes()
        certificate.issuer.public_bytes()
        _ = certificate.not_valid_after_utc
    except ValueError:
        return None
    return certificate


def _parse_time(text: str) -> datetime:
    """An XML date or time; Moscow time when it has no zone."""
    value = datetime.fromisoformat(_FRACTION.sub("", text).replace("Z", "+00:00"))
    return (value if value.tzinfo else value.replace(tzinfo=MOSCOW)).astimezone(UTC)


def _text(parent: etree._Element, name: str) -> str:
    return " ".join((parent.findtext(name) or "").split())[:MAX_NAME_LENGTH]
