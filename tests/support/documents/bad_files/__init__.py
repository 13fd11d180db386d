"""Files that must be refused, each with its refusal."""

import os

from archive.intake import refusals
from tests.support.documents import office
from tests.support.documents.bad_files.markup import BAD_MARKUP
from tests.support.documents.bad_files.office_files import BAD_OFFICE_FILES
from tests.support.documents.bad_files.pdfs import BAD_PDFS
from tests.support.documents.bad_files.types import BadFile
from tests.support.documents.office import build_zip, pdf_bytes

BAD_FILES: dict[str, BadFile] = {
    "an empty file": (refusals.EMPTY, lambda: b""),
    "a text file named like a document": (
        refusals.UNKNOWN_FORMAT,
        lambda: "Просто текст".encode() * 50,
    ),
    **BAD_MARKUP,
    "an image": (refusals.UNKNOWN_FORMAT, office.png_bytes),
    "a program": (refusals.UNKNOWN_FORMAT, lambda: b"MZ" + bytes(2000)),
    "random bytes": (refusals.UNKNOWN_FORMAT, lambda: b"\x01" + os.urandom(4000)),
    "a zip archive of documents": (refusals.ZIP_ARCHIVE, lambda: build_zip({"a.pdf": pdf_bytes()})),
    "an empty zip": (refusals.ZIP_ARCHIVE, lambda: build_zip({})),
    "a rar": (refusals.OTHER_ARCHIVE, lambda: b"Rar!\x1a\x07\x01\x00" + bytes(100)),
    "a 7z": (refusals.OTHER_ARCHIVE, lambda: b"7z\xbc\xaf\x27\x1c" + bytes(100)),
    "a gzip": (refusals.OTHER_ARCHIVE, lambda: b"\x1f\x8b\x08" + bytes(100)),
    **BAD_OFFICE_FILES,
    **BAD_PDFS,
}
