"""«Протокол подписания»: the signing of a document from start to end, for people and courts."""

from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string

from archive.package.manifest import ManifestEntry
from archive.package.parts import (
    ContractParty,
    DocumentSignature,
    PackageParts,
    PowerOfAttorneyFile,
)
from archive.package.simple import MessageLine, RecordLine, SimpleSignaturePart
from archive.typesetting.barcodes import code128_svg, qr_svg
from econtract.platform.common.moscow_time import format_date, format_timestamp

Rows = list[tuple[str, str]]
# Most packages are built before the anchor of the day is.
ANCHORING = (
    "раз в день печатью E-Contract; заверения добавляют к готовому пакету, в папку evidence/anchor"
)


def render_protocol(*, parts: PackageParts, files: Sequence[ManifestEntry]) -> bytes:
    """The protocol as a PDF. ``files`` are the files of the package that it lists with hashes.

    The same arguments give the same bytes. The bar code shows the archive's code, the QR code
    the address of the verification page.
    """
    from archive.typesetting.pdf import html_to_pdf  # imported late: it loads Pango

    return html_to_pdf(
        render_to_string("archive/protocol.html", _context(parts, files)),
        css=render_to_string("archive/protocol.css"),
        title=f"Протокол подписания документа {parts.identifiers.document_number}",
        moment=parts.finished_at,
    )


def _context(parts: PackageParts, files: Sequence[ManifestEntry]) -> dict[str, Any]:
    return {
        "parts": parts,
        "finished_at": format_timestamp(parts.finished_at),
        "identifiers": _identifiers(parts),
        "parties": [(party.side.label, _party(party)) for party in parts.parties],
        "files": files,
        "signatures": [
            (signature.side.genitive, _signature(signature)) for signature in parts.signatures
        ],
        "powers": [(power.side.genitive, _power_of_attorney(power)) for power in parts.powers],
        "simple": _simple_signature(parts.simple) if parts.simple else None,
        "messages": _messages(parts.simple),
        "records": _records(parts.simple),
        "events": [(format_timestamp(event.at), event) for event in parts.events],
        "barcode": code128_svg(parts.identifiers.archive_code),
        "qr": qr_svg(parts.verification_url),
    }


def _identifiers(parts: PackageParts) -> Rows:
    ids = parts.identifiers
    return _non_empty(
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


def _party(party: ContractParty) -> Rows:
    return _non_empty(
        ("Наименование", party.name),
        ("ИНН", party.inn),
        ("КПП", party.kpp),
        ("ОГРН/ОГРНИП", party.ogrn),
    )


def _signature(signature: DocumentSignature) -> Rows:
    details = signature.details
    return _non_empty(
        ("Вид подписи", signature.kind_label),
        ("Владелец", details.owner),
        ("Организация", details.organisation),
        ("ИНН", details.inn),
        ("Сертификат", details.serial),
        ("Кем выдан", details.issuer),
        (
            "Действителен",
            f"с {format_date(details.valid_from)} по {format_date(details.valid_until)}",
        ),
        ("Время подписи", format_timestamp(details.signed_at)),
        ("МЧД", details.power_of_attorney or ""),
        ("Результат проверки", "Подпись соответствует файлу документа"),
    )


def _simple_signature(part: SimpleSignaturePart) -> Rows:
    texts = [f"{text.title}, версия {text.version}" for text in part.texts]
    return _non_empty(
        ("Вид подписи", "простая электронная подпись (63-ФЗ, статья 9)"),
        ("Подписал", part.owner),
        ("ИНН", part.inn),
        ("Кем подтверждена личность", part.identification),
        ("Телефон", part.masked_phone),
        ("Время подписи", part.signed_at_label),
        ("Событие", f"№ {part.record_number} в записях ниже"),
        ("Номер подписания", part.signing_id),
        ("Принятые тексты", "; ".join(texts)),
        ("Хеш последней записи", part.head),
        ("Заверение записей", ANCHORING),
        ("Результат проверки", "Записи не изменены, порядок подписания соблюден"),
        ("Обратите внимание", " ".join(part.warnings)),
    )


def _messages(part: SimpleSignaturePart | None) -> list[tuple[MessageLine, list[str]]]:
    """Each message with its states, as «28.11.2026 12:00:00 (GMT+03:00), доставлено»."""
    return [
        (message, [f"{format_timestamp(at)}, {state}" for at, state in message.states])
        for message in (part.messages if part else ())
    ]


def _records(part: SimpleSignaturePart | None) -> list[tuple[str, RecordLine]]:
    return [(format_timestamp(line.at), line) for line in part.records] if part else []


def _power_of_attorney(power: PowerOfAttorneyFile) -> Rows:
    return _non_empty(
        ("Номер", power.number),
        ("Доверитель", power.principal),
        ("Представитель", power.representative),
        ("Действительна", f"с {power.valid_from:%d.%m.%Y} по {power.valid_until:%d.%m.%Y}"),
        ("Время подписи", format_timestamp(power.signed_at)),
        ("Файл", power.file_name),
    )


def _non_empty(*rows: tuple[str, str]) -> Rows:
    """The rows whose value is not empty."""
    return [row for row in rows if row[1]]
