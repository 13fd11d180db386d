"""The XML documents that a rejection and a revocation consist of."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, tostring

from econtract.sandbox.models import EdoDocument, Organisation


def build_rejection_xml(document: EdoDocument, reason: str, by: Organisation) -> bytes:
    """The recipient's refusal to sign, with the reason."""
    return _build_file("УведомлениеОбОтказе", "ТекстУведУточ", document, reason, by)


def build_revocation_xml(document: EdoDocument, reason: str, by: Organisation) -> bytes:
    """The sender's request to revoke, with the reason."""
    return _build_file("ПредложениеОбАннулировании", "ТекстПредАнн", document, reason, by)


def _build_file(
    element_name: str, reason_name: str, document: EdoDocument, reason: str, by: Organisation
) -> bytes:
    root = Element("Файл", {"ИдФайл": document.entity_id, "ВерсФорм": "1.00"})
    element = SubElement(root, element_name)
    party = {"НаимОрг": by.short_name, "ИНН": by.inn} | ({"КПП": by.kpp} if by.kpp else {})
    SubElement(element, "УчастЭДО", party)
    document_attributes = {
        "ИмяФайла": document.file_name,
        "НомерДок": document.value("DocumentNumber"),
    }
    SubElement(element, "СведДок", document_attributes)
    SubElement(element, reason_name).text = reason
    content: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return content
