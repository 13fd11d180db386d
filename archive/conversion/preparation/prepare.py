"""The preparation of a file of any format."""

import io
import os
import struct
import zipfile
from typing import Any

import olefile  # type: ignore[import-untyped]

from archive.conversion.preparation import odf, rtf, word_binary, workbook_binary
from archive.conversion.preparation.package import prepare_package
from archive.conversion.preparation.xml import parse, serialise
from archive.findings import Finding

_DAMAGE = (OSError, ValueError, IndexError, KeyError, TypeError, AttributeError, struct.error)


def prepare_in_child(
    descriptor: int, *, file_format: str, is_office: bool
) -> tuple[dict[str, Any], bytes]:
    """The function "prepare": {"findings"}; the prepared copy is the body of the result.

    ``is_office``: the converter is an office program, see `prepare_package`.
    """
    with os.fdopen(descriptor, "rb") as file:
        data = file.read()
    if file_format in ("docx", "xlsx"):
        copy, findings = prepare_package(data, file_format, is_office=is_office)
    elif file_format in ("odt", "ods"):
        copy, findings = _prepare_odf(data)
    elif file_format == "rtf":
        copy, findings = rtf.prepare(data)
    else:
        copy, findings = _prepare_ole(data), set()
    ordered = sorted(findings, key=lambda finding: finding.code)
    return {"findings": [finding.to_json() for finding in ordered]}, copy


def _prepare_odf(data: bytes) -> tuple[bytes, set[Finding]]:
    copy, findings = io.BytesIO(), set()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(copy, "w") as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename in odf.PARTS:
                root = parse(content)
                findings |= odf.prepare(root)
                content = serialise(root)
            # «mimetype» is the first entry, and not compressed.
            target.writestr(entry.filename, content, entry.compress_type)
    return copy.getvalue(), findings


def _prepare_ole(data: bytes) -> bytes:
    """A DOC or XLS whose fields and formulas show their stored results.

    A file in which they cannot be found is returned as it is.
    """
    copy = io.BytesIO(data)
    try:
        with olefile.OleFileIO(copy, write_mode=True) as compound:
            if compound.exists("WordDocument"):
                document = compound.openstream("WordDocument").read()
                name = word_binary.table_name(document)
                table = bytearray(compound.openstream(name).read())
                word_binary.freeze_fields(document, table)
                compound.write_stream(name, bytes(table))
            elif compound.exists("Workbook"):
                workbook = bytearray(compound.openstream("Workbook").read())
                workbook_binary.freeze_formulas(workbook)
                compound.write_stream("Workbook", bytes(workbook))
    except _DAMAGE:
        return data
    return copy.getvalue()
