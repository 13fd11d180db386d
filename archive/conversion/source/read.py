"""The text that a file of any format shows."""

import struct
from typing import IO

import olefile  # type: ignore[import-untyped]

from archive.conversion.preparation import rtf_text, word_binary
from archive.conversion.source import opendocument, word, workbook
from archive.conversion.source.blocks import SourceBlocks


def read_blocks(file: IO[bytes], file_format: str) -> SourceBlocks:
    """The text that the pages must show. A damaged file raises any error of the parsers."""
    if file_format == "docx":
        return word.read(file)
    if file_format == "xlsx":
        return workbook.read(file)
    if file_format == "odt":
        return opendocument.read(file)
    if file_format == "rtf":
        return SourceBlocks(list(rtf_text.read_paragraphs(file.read())))
    if file_format == "doc":
        return SourceBlocks(_read_binary(file))
    raise ValueError(f"The text of the format {file_format} is not read.")


def _read_binary(file: IO[bytes]) -> list[str]:
    """Nothing when the tables are not where we look: the text is compared as DOCX, too."""
    try:
        return _read_streams(file)
    except (struct.error, IndexError, ValueError):
        return []


def _read_streams(file: IO[bytes]) -> list[str]:
    with olefile.OleFileIO(file) as compound:
        document = compound.openstream("WordDocument").read()
        table = compound.openstream(word_binary.table_name(document)).read()
        return list(word_binary.read_paragraphs(document, table))
