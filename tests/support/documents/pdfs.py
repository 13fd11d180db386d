"""PDF files with attachments and defects."""

import re
from collections.abc import Callable
from typing import Any

import pikepdf

from tests.support.documents import office


def file_specification(pdf: pikepdf.Pdf, name: str, data: bytes) -> pikepdf.AttachedFileSpec:
    """``data`` as a file named ``name`` that ``pdf`` can contain."""
    return pikepdf.AttachedFileSpec(
        pdf, data, filename=name, description="", mime_type="", creation_date="", mod_date=""
    )


def attach(files: dict[str, bytes], **root: Any) -> bytes:
    """A PDF with ``files`` attached, and ``root`` as further keys of its catalogue."""

    def change(pdf: pikepdf.Pdf) -> None:
        for name, data in files.items():
            pdf.attachments[name] = file_specification(pdf, name, data)
        for key, value in root.items():
            pdf.Root[f"/{key}"] = value

    return office.pdf_bytes(change=change)


def _shift_xref_offsets(pdf: bytes) -> bytes:
    return re.sub(
        rb"(\d{10}) 00000 n",
        lambda match: b"%010d 00000 n" % (int(match[1]) + 1),
        pdf,
    )


# What the usual readers open the same way, although the standard does not allow it.
FORGIVABLE_DEFECTS: dict[str, Callable[[bytes], bytes]] = {
    "a line end before the header": lambda pdf: b"\r\n" + pdf,
    "a byte order mark before the header": lambda pdf: b"\xef\xbb\xbf" + pdf,
    "offsets off by one": _shift_xref_offsets,
    "a broken xref table": lambda pdf: pdf.replace(b"xref\n0", b"xerf\n0"),
    "a wrong startxref": lambda pdf: re.sub(rb"startxref\n\d+", b"startxref\n7", pdf),
    "a page without a type": lambda pdf: pdf.replace(b"/Type /Page >>", b"            >>"),
    "a wrong stream length": lambda pdf: re.sub(rb"/Length \d+", b"/Length 17", pdf),
    "no end marker": lambda pdf: pdf.rstrip().removesuffix(b"%%EOF"),
    "NUL bytes after the end": lambda pdf: pdf + bytes(32 * 1024),
    "spaces after the end": lambda pdf: pdf + b" \r\n" * 4000,
    "a comment after the end": lambda pdf: pdf + b"% sent by fax\n",
    "a wrong number of objects": lambda pdf: re.sub(rb"/Size \d+", b"/Size 3", pdf),
    "line ends of another system": lambda pdf: pdf.replace(b"\n", b"\r\n"),
}
