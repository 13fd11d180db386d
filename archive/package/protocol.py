"""«Протокол подписания»: the whole course of a document on paper, for people and courts."""

from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string

from archive.package.manifest import Entry
from archive.package.parts import PackageParts, Party, PowerOfAttorneyFile, Signature
from archive.typesetting.barcodes import code128_svg, qr_svg
from econtract.platform.common.moscow_time import day, with_zone

Rows = list[tuple[str, str]]


def render(*, parts: PackageParts, files: Sequence[Entry]) -> bytes:
    """The protocol as a PDF; ``files`` are those of the package whose hashes it states.

    The same arguments give the same bytes. The bar code is the archive's code, the QR leads to
    the verification page.
    """
    from archive.typesetting.pdf import pdf_from_html  # loads Pango: see there

    return pdf_from_html(
        render_to_string("archive/protocol.html", _context(parts, files)),
        css=render_to_string("archive/protocol.css"),
        title=f"Протокол подписания документа {parts.identifiers.document_number}",
        moment=parts.finished_at,
    )


def _context(parts: PackageParts, files: Sequence[Entry]) -> dict[str, Any]:
    return {
        "parts": parts,
        "finished_at": with_zone(parts.finished_at),
        "identifiers": _identifiers(parts),
        "parties": [(party.side.word, _party(party)) for party in parts.parties],
        "files": files,
        "signatures": [(item.side.genitive, _signature(item)) for item in parts.signatures],
        "powers": [(item.side.genitive, _power(item)) for item in parts.powers],
        "course": [(with_zone(entry.at), entry) for entry in parts.course],
        "barcode": code128_svg(parts.identifiers.archive_code),
        "qr": qr_svg(parts.verification_url),
    }


def _identifiers(parts: PackageParts) -> Rows:
    ids = parts.identifiers
    return _filled(
        ("Вид документа", ids.document_kind),
        ("Номер документа", ids.document_number),
        ("Лицевой счет", ids.account_number),
        ("Номер задания E-Contract", ids.task_number),
        ("Оператор ЭДО", ids.operator),
        ("Сообщение у оператора", ids.message_id),
        ("Документ у оператора", ids.document_id),
        (f"Электронный архив {ids.archive_name}", ids.archive_code),
        ("Код проверки", parts.code),
    )


def _party(party: Party) -> Rows:
    return _filled(
        ("Наименование", party.name),
        ("ИНН", party.inn),
        ("КПП", party.kpp),
        ("ОГРН/ОГРНИП", party.ogrn),
    )


def _signature(signature: Signature) -> Rows:
    details = signature.details
    return _filled(
        ("Вид подписи", signature.kind.words),
        ("Владелец", details.owner),
        ("Организация", details.organisation),
        ("ИНН", details.inn),
        ("Сертификат", details.serial),
        ("Кем выдан", details.issuer),
        ("Действителен", f"с {day(details.valid_from)} по {day(details.valid_until)}"),
        ("Время подписи", with_zone(details.signed_at)),
        ("МЧД", details.power_of_attorney or ""),
        ("Результат проверки", "Подпись соответствует файлу документа"),
    )


def _power(power: PowerOfAttorneyFile) -> Rows:
    return _filled(
        ("Номер", power.number),
        ("Доверитель", power.principal),
        ("Представитель", power.representative),
        ("Действительна", f"с {power.valid_from:%d.%m.%Y} по {power.valid_until:%d.%m.%Y}"),
        ("Время подписи", with_zone(power.signed_at)),
        ("Файл", power.file_name),
    )


def _filled(*rows: tuple[str, str]) -> Rows:
    """Without the rows that have nothing to say."""
    return [row for row in rows if row[1]]
