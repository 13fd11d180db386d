"""Files inside of a PDF: attached to the document, to a page or to an annotation."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pikepdf

from archive.findings import EmbeddedFile, Finding
from archive.intake.names import clean_name
from archive.pdf_content.dictionaries import find_dictionaries

FILE_KEY = "/EF"  # of a dictionary that describes an embedded file
_NAME_KEYS = ("/UF", "/F", "/Unix", "/DOS", "/Mac")
_FINDING = (
    "Внутри PDF есть вложенные файлы. На страницах их не видно, но подписаны будут и они: "
    "откройте каждый и проверьте"
)


@dataclass(frozen=True)
class PdfAttachment:
    """A file inside of a PDF. ``names`` are all that the PDF gives to it, in no safe form."""

    names: tuple[str, ...]
    stream: pikepdf.Stream


def collect_attachments(dictionaries: Iterable[Any]) -> list[PdfAttachment]:
    """The files that ``dictionaries`` (those with FILE_KEY) have, each stream once."""
    attachments: dict[tuple[int, int], PdfAttachment] = {}
    for dictionary in dictionaries:
        files = dictionary.get(FILE_KEY)
        if not isinstance(files, pikepdf.Dictionary):
            continue
        names = tuple(str(dictionary[key]) for key in _NAME_KEYS if key in dictionary)
        for key in _NAME_KEYS:
            stream = files.get(key)
            if isinstance(stream, pikepdf.Stream):
                attachments.setdefault(stream.objgen, PdfAttachment(names, stream))
    return list(attachments.values())


def build_attachment_findings(
    attachments: Iterable[PdfAttachment], sizes: Iterable[int]
) -> list[Finding]:
    """What the user must check, nothing without attachments. ``sizes`` are in bytes."""
    files = [
        EmbeddedFile(_display_name(attachment, index), size)
        for index, (attachment, size) in enumerate(zip(attachments, sizes, strict=True))
    ]
    return [Finding("pdf_attachments", _FINDING, tuple(files))] if files else []


def _display_name(attachment: PdfAttachment, index: int) -> str:
    name = clean_name(attachment.names[0]) if attachment.names else ""
    return name or f"Вложение {index + 1}"


def read_in_child(descriptor: int, *, index: int) -> tuple[dict[str, Any], bytes]:
    """The function "pdf_attachment": the name and the bytes of the attachment ``index`` (from 0).

    The attachments are numbered as in the finding. Raises IndexError.
    """
    with os.fdopen(descriptor, "rb") as file, pikepdf.open(file, suppress_warnings=True) as pdf:
        attachment = collect_attachments(find_dictionaries(pdf, [FILE_KEY]))[index]
        return {"name": _display_name(attachment, index)}, attachment.stream.read_bytes()
