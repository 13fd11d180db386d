"""The ministry's list of accredited authorities (ТСЛ) of the sandbox, signed by the «ministry».

A list is stored when it is published: the same number always has the same bytes.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from lxml import etree

from econtract.platform.crypto import gost
from econtract.platform.crypto.gost import GostPrivateKey
from econtract.sandbox import ca
from econtract.sandbox.gost import ca as gost_ca
from econtract.sandbox.models import SigningKey

LIST_FILE, STATE_FILE = "trust-list.xml", "trust-list.json"
DSIG = "http://www.w3.org/2000/09/xmldsig#"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_GOST = "urn:ietf:params:xml:ns:cpxmlsec:algorithms:"
_ECDSA = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
_SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
# Authorities that issue nothing here: so that a list has something to change.
OTHERS = ("АО «Первый УЦ» (песочница)", "ООО «Второй УЦ» (песочница)", "УЦ «Третий» (песочница)")


@dataclass(frozen=True)
class ListState:
    """What the published list says; ``suspended`` are names of OTHERS."""

    number: int = 0
    base_url: str = ""
    suspended: tuple[str, ...] = ()
    is_signed: bool = True


@dataclass(frozen=True)
class _Row:
    """An authority of the list."""

    name: str
    ogrn: str
    statuses: tuple[tuple[str, dt.datetime], ...]
    certificate: x509.Certificate | None = None
    crl_url: str = field(default="")


def get_list(base_url: str, now: dt.datetime) -> bytes:
    """The published list; the first one is published now.

    ``base_url`` is where CRLs are, unless SANDBOX_URL says so.
    """
    state = load_state()
    base_url = settings.SANDBOX_URL or state.base_url or base_url
    if not state.number or state.base_url != base_url:
        publish(ListState(state.number + 1, base_url, state.suspended), now)
    return (settings.CA_DIR / LIST_FILE).read_bytes()


def load_state() -> ListState:
    """What was published last; number 0 before anything was."""
    path = settings.CA_DIR / STATE_FILE
    if not path.exists():
        return ListState()
    data: dict[str, Any] = json.loads(path.read_text())
    return ListState(**data | {"suspended": tuple(data["suspended"])})


def publish(state: ListState, now: dt.datetime) -> None:
    """Make the list of that state the published one."""
    root = _build(state, now.replace(microsecond=0))
    if state.is_signed:
        _sign(root, SigningKey.objects.get(role="trustlist"))
    content = etree.tostring(root, xml_declaration=True, encoding="utf-8")
    (settings.CA_DIR / LIST_FILE).write_bytes(content)
    (settings.CA_DIR / STATE_FILE).write_text(json.dumps(vars(state), ensure_ascii=False))


def _list_rows(state: ListState, now: dt.datetime) -> Iterator[_Row]:
    authorities = [(ca.load().certificate, "crl.der")]
    if gost_ca.exists():
        authorities.append((gost_ca.load().certificate, gost_ca.CRL_FILE))
    for number, (certificate, crl_file) in enumerate(authorities, start=1):
        names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        active = ("Действует", certificate.not_valid_before_utc)
        url = f"{state.base_url}/ca/{crl_file}"
        yield _Row(str(names[0].value), f"10200000000{number:02d}", (active,), certificate, url)
    for number, name in enumerate(OTHERS, start=11):
        statuses = [("Действует", ca.load().certificate.not_valid_before_utc)]
        if name in state.suspended:
            statuses.append(("Приостановлена", now))
        yield _Row(name, f"10200000000{number:02d}", tuple(statuses))


def _build(state: ListState, now: dt.datetime) -> etree._Element:
    root = etree.Element("АккредитованныеУдостоверяющиеЦентры")
    _add(root, "Версия", str(state.number))
    _add(root, "Дата", now.isoformat())
    for row in _list_rows(state, now):
        element = _add(root, "УдостоверяющийЦентр")
        _add(element, "Название", row.name)
        if row.certificate is not None:
            _add_certificate(element, row.certificate, row.crl_url)
        _add(element, "ОГРН", row.ogrn)
        _add_status(element, *row.statuses[-1])
        history = _add(element, "ИсторияСтатусовАккредитации")
        for status, since in row.statuses:
            _add_status(history, status, since)
    return root


def _add_certificate(parent: etree._Element, certificate: x509.Certificate, url: str) -> None:
    complexes = _add(parent, "ПрограммноАппаратныеКомплексы")
    keys = _add(_add(complexes, "ПрограммноАппаратныйКомплекс"), "КлючиУполномоченныхЛиц")
    key = _add(keys, "Ключ")
    _add(_add(key, "АдресаСписковОтзыва"), "Адрес", url)
    data = _add(_add(key, "Сертификаты"), "ДанныеСертификата")
    _add(data, "Отпечаток", certificate.fingerprint(hashes.SHA1()).hex().upper())  # noqa: S303
    _add(data, "СерийныйНомер", f"{certificate.serial_number:X}")
    _add(data, "ПериодДействияДо", certificate.not_valid_after_utc.isoformat())
    _add(data, "Данные", _encode(certificate.public_bytes(Encoding.DER)))


def _add_status(parent: etree._Element, status: str, since: dt.datetime) -> None:
    element = _add(parent, "СтатусАккредитации")
    _add(element, "Статус", status)
    _add(element, "ДействуетС", since.isoformat())


def _sign(root: etree._Element, key: SigningKey) -> None:
    """Add an enveloped signature by the key, of whichever kind it is."""
    certificate = x509.load_der_x509_certificate(bytes(key.certificate))
    is_gost = certificate.public_key_algorithm_oid.dotted_string == gost.KEY_256
    content = etree.tostring(root, method="c14n")
    signature = etree.SubElement(root, f"{{{DSIG}}}Signature", nsmap={"ds": DSIG})
    info = _add_dsig(signature, "SignedInfo")
    _add_dsig(info, "CanonicalizationMethod", Algorithm=C14N)
    method = f"{_GOST}gostr34102012-gostr34112012-256" if is_gost else _ECDSA
    _add_dsig(info, "SignatureMethod", Algorithm=method)
    reference = _add_dsig(info, "Reference", URI="")
    transforms = _add_dsig(reference, "Transforms")
    _add_dsig(transforms, "Transform", Algorithm=f"{DSIG}enveloped-signature")
    _add_dsig(transforms, "Transform", Algorithm=C14N)
    digest_method = f"{_GOST}gostr34112012-256" if is_gost else _SHA256
    _add_dsig(reference, "DigestMethod", Algorithm=digest_method)
    if is_gost:
        digest = gost.digest(gost.STREEBOG_256, content)
    else:
        digest = hashlib.sha256(content).digest()
    _add_dsig(reference, "DigestValue").text = _encode(digest)
    value = _sign_value(bytes(key.private_key), etree.tostring(info, method="c14n"), is_gost)
    _add_dsig(signature, "SignatureValue").text = _encode(value)
    data = _add_dsig(_add_dsig(signature, "KeyInfo"), "X509Data")
    _add_dsig(data, "X509Certificate").text = _encode(bytes(key.certificate))
    for issuer in _find_issuers(certificate):
        encoded = _encode(issuer.public_bytes(Encoding.DER))
        _add_dsig(data, "X509Certificate").text = encoded


def _sign_value(private_key: bytes, content: bytes, is_gost: bool) -> bytes:
    if is_gost:
        return GostPrivateKey.from_pkcs8(private_key).sign(content)
    key = serialization.load_der_private_key(private_key, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("the key of the ministry is not an elliptic curve key")
    # An XML signature has r and s one after the other.
    r, s = decode_dss_signature(key.sign(content, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def _find_issuers(certificate: x509.Certificate) -> Iterable[x509.Certificate]:
    authorities = [ca.load().certificate]
    if gost_ca.exists():
        authorities.append(gost_ca.load().certificate)
    return (item for item in authorities if item.subject == certificate.issuer)


def _encode(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, name)
    element.text = text
    return element


def _add_dsig(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{DSIG}}}{name}", attributes)
