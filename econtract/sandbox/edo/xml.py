"""The small XML papers of the exchange: refusal to sign and proposal to revoke."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, tostring

from econtract.sandbox.models import EdoDocument, Organisation


def rejection_xml(document: EdoDocument, reason: str, by: Organisation) -> bytes:
    """The recipient's refusal to sign, with its reason."""
    return _paper("УведомлениеОбОтказе", "ТекстУведУточ", document, reason, by)


def revocation_xml(document: EdoDocument, reason: str, by: Organisation) -> bytes:
    """The sender's proposal to revoke, with its reason."""
    return _paper("ПредложениеОбАннулировании", "ТекстПредАнн", document, reason, by)


def _paper(root: str, text: str, document: EdoDocument, reason: str, by: Organisation) -> bytes:
    node = Element("Файл", {"ИдФайл": document.entity_id, "ВерсФорм": "1.00"})
    paper = SubElement(node, root)
    party = {"НаимОрг": by.short_name, "ИНН": by.inn} | ({"КПП": by.kpp} if by.kpp else {})
    SubElement(paper, "УчастЭДО", party)
    about = {"ИмяФайла": document.file_name, "НомерДок": document.value("DocumentNumber")}
    SubElement(paper, "СведДок", about)
    SubElement(paper, text).text = reason
    content: bytes = tostring(node, encoding="utf-8", xml_declaration=True)
    return content
