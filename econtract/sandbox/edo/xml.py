"""The XML files that the operator generates, in the formats of the tax service.

DP_PRANNUL 1.01 and 1.02 (revocation), DP_UVUTOCH 1.03 (refusal to sign), and a universal message
DP_UNISOOBSCH 5.01, whose official schema was not at hand.
"""

from __future__ import annotations

import base64
import datetime as dt
import uuid
from xml.etree.ElementTree import Element, SubElement, tostring

from econtract.sandbox.api.protocol import JsonFields
from econtract.sandbox.clock import MOSCOW
from econtract.sandbox.edo import entities
from econtract.sandbox.edo.boxes import build_participant_id
from econtract.sandbox.models import EdoDocument, Organisation

REVOCATION_VERSIONS = {"revocation_request_01": "1.01", "revocation_request_02": "1.02"}
_PROGRAM = "Diadoc 1.0"


def build_revocation(
    document: EdoDocument,
    reason: str,
    by: Organisation,
    now: dt.datetime,
    *,
    version: str = "1.02",
    signer: JsonFields | None = None,
) -> bytes:
    """A request for revocation of the document; `signer` has the fields of `SignerDetails`."""
    other = _other_side(document, by)
    root = _build_root("DP_PRANNUL", version, by, other, now)
    body = SubElement(root, "Документ")
    _add_participant(body, "УчастЭДО", by)
    request = SubElement(body, "СвПредАн")
    received = SubElement(request, "СведАнФайл", {"ИмяАнФайла": document.file_name[:255]})
    SubElement(received, "ЭЦПАнФайл").text = _sender_signature(document)
    SubElement(request, "ТекстПредАн").text = reason
    _add_participant(body, "НапрПредАн", other)
    if signer and signer.data:
        person = {
            "Фамилия": signer.text("Surname"),
            "Имя": signer.text("FirstName"),
            "Отчество": signer.text("Patronymic", required=False),
        }
        _add_signer(body, person, "Должность", signer.text("JobTitle", required=False))
    return _render(root)


def build_rejection(
    document: EdoDocument, reason: str, by: Organisation, now: dt.datetime
) -> bytes:
    """A refusal to sign the document or its revocation, with the reason."""
    other = _other_side(document, by)
    root = _build_root("DP_UVUTOCH", "1.03", by, other, now)
    body = SubElement(root, "Документ", {"КНД": "1115113"})
    _add_participant(body, "УчастЭДО", by)
    moment = now.astimezone(MOSCOW)
    times = {"ДатаПол": f"{moment:%d.%m.%Y}", "ВремяПол": f"{moment:%H.%M.%S}"}
    notice = SubElement(body, "СвУведУточ", times)
    received = SubElement(notice, "СведПолФайл", {"ИмяПолФайла": document.file_name[:255]})
    SubElement(received, "ЭППолФайл").text = _sender_signature(document)
    SubElement(notice, "ТекстУведУточ").text = reason
    _add_participant(body, "ОтпрДок", other)
    person = {
        "Фамилия": by.head_surname,
        "Имя": by.head_given_name,
        "Отчество": by.head_patronymic,
    }
    _add_signer(body, person, "Должн", by.head_position)
    return _render(root)


def build_universal_message(
    document: EdoDocument, reason: str, by: Organisation, now: dt.datetime
) -> bytes:
    """A universal message that refuses to sign the document."""
    other = _other_side(document, by)
    root = _build_root("DP_UNISOOBSCH", "5.01", by, other, now)
    body = SubElement(root, "Документ", {"КНД": "1115144"})
    moment = now.astimezone(MOSCOW)
    attributes = {
        "ДатаФорм": f"{moment:%d.%m.%Y}",
        "ВремФорм": f"{moment:%H.%M.%S}",
        "ИмяПолФайл": document.file_name[:255],
    }
    message = SubElement(body, "СведУС", attributes)
    SubElement(message, "ЭППолФайл").text = _sender_signature(document)
    SubElement(message, "СодСообщ", {"КодСообщ": "3999", "ТекстСообщ": reason})
    _add_participant(body, "ОтпрСообщ", by)
    _add_participant(body, "ПолучСообщ", other)
    return _render(root)


def _build_root(
    prefix: str, version: str, by: Organisation, other: Organisation, now: dt.datetime
) -> Element:
    sides = f"{build_participant_id(other)}_{build_participant_id(by)}"
    day = f"{now.astimezone(MOSCOW):%Y%m%d}"
    attributes = {
        "ИдФайл": f"{prefix}_{sides}_{day}_{uuid.uuid4()}",
        "ВерсПрог": _PROGRAM,
        "ВерсФорм": version,
    }
    return Element("Файл", attributes)


def _add_participant(parent: Element, name: str, organisation: Organisation) -> None:
    participant = SubElement(parent, name, {"ИдУчастЭДО": build_participant_id(organisation)})
    if organisation.kind == "legal":
        attributes = {
            "НаимОрг": organisation.short_name,
            "ИННЮЛ": organisation.inn,
            "КПП": organisation.kpp,
        }
        SubElement(participant, "ЮЛ", attributes)
        return
    person = SubElement(participant, "ИП", {"ИННФЛ": organisation.inn})
    names = {
        "Фамилия": organisation.head_surname,
        "Имя": organisation.head_given_name,
        "Отчество": organisation.head_patronymic,
    }
    SubElement(person, "ФИО", _without_empty(names))


def _add_signer(parent: Element, person: dict[str, str], name: str, position: str) -> None:
    attributes = {name: position[:255]} if position else {}
    SubElement(SubElement(parent, "Подписант", attributes), "ФИО", _without_empty(person))


def _without_empty(values: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def _other_side(document: EdoDocument, by: Organisation) -> Organisation:
    message = document.message
    box_id = message.to_box if by.box_id == message.from_box else message.from_box
    return Organisation.objects.get(box_id=box_id)


def _sender_signature(document: EdoDocument) -> str:
    signature = document.entities.filter(
        entity_type="Signature", parent_entity_id=document.entity_id
    ).earliest("id")
    return base64.b64encode(entities.read_content(signature.entity_id)).decode()


def _render(root: Element) -> bytes:
    content: bytes = tostring(root, encoding="windows-1251", xml_declaration=True)
    return content
