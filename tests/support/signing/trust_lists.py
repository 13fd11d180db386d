"""Lists of accredited authorities (ТСЛ) as the ministry signs them."""

import base64
import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from edo.trust.xml_signatures import DSIG
from tests.support.signing.pki import NOW, Signer, authority

MINISTRY_OGRN = "1047702026701"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
ECDSA = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"


@dataclass
class Listing:
    """An authority of a list."""

    name: str = "АО «УЦ»"
    ogrn: str = "1020000000001"
    statuses: list[tuple[str, str]] = field(default_factory=lambda: [("Действует", "2020-01-01")])
    certificates: list[x509.Certificate] = field(default_factory=lambda: [authority().issuing])
    crl_urls: list[str] = field(default_factory=lambda: ["http://uc.example/uc.crl"])


def ministry(**fields: object) -> Signer:
    """The ministry's signer."""
    return authority().signer(ogrn=MINISTRY_OGRN, **fields)


def build_list(
    *listings: Listing, number: int = 100, issued_at: dt.datetime = NOW - dt.timedelta(days=1)
) -> bytes:
    """An unsigned list."""
    root = etree.Element("АккредитованныеУдостоверяющиеЦентры")
    _add(root, "Версия", str(number))
    _add(root, "Дата", issued_at.isoformat())
    for listing in listings or (Listing(),):
        element = _add(root, "УдостоверяющийЦентр")
        _add(element, "Название", listing.name)
        _add(element, "ОГРН", listing.ogrn)
        complex_ = _add(
            _add(element, "ПрограммноАппаратныеКомплексы"), "ПрограммноАппаратныйКомплекс"
        )
        key = _add(_add(complex_, "КлючиУполномоченныхЛиц"), "Ключ")
        urls = _add(key, "АдресаСписковОтзыва")
        for url in listing.crl_urls:
            _add(urls, "Адрес", url)
        certificates = _add(key, "Сертификаты")
        for certificate in listing.certificates:
            encoded = base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()
            _add(_add(certificates, "ДанныеСертификата"), "Данные", encoded)
        history = _add(element, "ИсторияСтатусовАккредитации")
        for status, since in listing.statuses:
            _add_status(history, status, since)
        if listing.statuses:
            _add_status(element, *listing.statuses[-1])
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8")
    return content


def sign_list(
    content: bytes,
    signer: Signer | None = None,
    *,
    method: str = ECDSA,
    digest_method: str = SHA256,
    digest: Callable[[bytes], bytes] = lambda data: hashlib.sha256(data).digest(),
    sign: Callable[[bytes], bytes] | None = None,
    uri: str = "",
) -> bytes:
    """The list with an enveloped signature, by default of the ministry."""
    signer = signer or ministry()
    root = etree.fromstring(content)
    imprint = base64.b64encode(digest(etree.tostring(root.getroottree(), method="c14n"))).decode()
    signature = etree.SubElement(root, f"{{{DSIG}}}Signature", nsmap={None: DSIG})
    info = _add_dsig(signature, "SignedInfo")
    _add_dsig(info, "CanonicalizationMethod", Algorithm=C14N)
    _add_dsig(info, "SignatureMethod", Algorithm=method)
    reference = _add_dsig(info, "Reference", URI=uri)
    transforms = _add_dsig(reference, "Transforms")
    _add_dsig(transforms, "Transform", Algorithm=f"{DSIG}enveloped-signature")
    _add_dsig(transforms, "Transform", Algorithm=C14N)
    _add_dsig(reference, "DigestMethod", Algorithm=digest_method)
    _add_dsig(reference, "DigestValue").text = imprint
    value = (sign or _signing_by_ecdsa(signer))(etree.tostring(info, method="c14n"))
    _add_dsig(signature, "SignatureValue").text = base64.b64encode(value).decode()
    data = _add_dsig(_add_dsig(signature, "KeyInfo"), "X509Data")
    for certificate in (signer.certificate, *signer.issuers):
        encoded = base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()
        _add_dsig(data, "X509Certificate").text = encoded
    signed: bytes = etree.tostring(root.getroottree(), xml_declaration=True, encoding="utf-8")
    return signed


def _signing_by_ecdsa(signer: Signer) -> Callable[[bytes], bytes]:
    def sign(content: bytes) -> bytes:
        assert isinstance(signer.key, ec.EllipticCurvePrivateKey)
        r, s = decode_dss_signature(signer.key.sign(content, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    return sign


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, name)
    element.text = text
    return element


def _add_status(parent: etree._Element, status: str, since: str) -> None:
    element = _add(parent, "СтатусАккредитации")
    _add(element, "Статус", status)
    if since:
        _add(element, "ДействуетС", f"{since}T00:00:00+03:00")


def _add_dsig(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{DSIG}}}{name}", attributes)
