"""Files inside of a PDF: attached to the document, to a page or to an annotation."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pikepdf

from archive.findings import EmbeddedFile, Finding
from archive.intake.names import clean_name

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

    @property
    def display_name(self) -> str:
        return clean_name(self.names[0]) if self.names else ""


def collect_attachments(dictionaries: Iterable[Any]) -> list[PdfAttachment]:
    """The files that ``dictionaries`` (those with the key ``/EF``) have, each stream once."""
    attachments: dict[tuple[int, int], PdfAttachment] = {}
    for dictionary in dictionaries:
        files = dictionary.get("/EF")
        if not isinstance(files, pikepdf.Dictionary):
            continue
        names = tuple(str(dictionary[key]) for key in _NAME_KEYS if key in dictionary)
        for key in _NAME_KEYS:
            stream = files.get(key)
            if isinstance(stream, pikepdf.Stream):
                attachments.setdefault(stream.objgen, PdfAttachment(names, stream))
    return list(attachments.values())


def build_finding(attachments: Iterable[PdfAttachment], sizes: Iterable[int]) -> Finding | None:
    """What the user must check; None without attachments. ``sizes`` are in bytes."""
    files = [
        EmbeddedFile(attachment.display_name or f"Вложение {number}", size)
        for number, (attachment, size) in enumerate(zip(attachments, sizes, strict=True), 1)
    ]
    return Finding("pdf_attachments", _FINDING, tuple(files)) if files else None
