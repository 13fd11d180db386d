"""An uploaded file's name, made safe to display. It is never used as a path."""

import re
import unicodedata

from archive.intake.formats import FileFormat

MAX_LENGTH = 200
_SEPARATORS = re.compile(r"[\\/]")
_SPACES = re.compile(r"\s+")


def display_name(name: str, file_format: FileFormat) -> str:
    """``name`` without folders and invisible characters, at most 200 characters long.

    Never empty, and always ends in the extension of ``file_format``.
    """
    stem = _without_extension(clean_name(name), file_format).strip(" .")
    return f"{stem[: MAX_LENGTH - len(file_format) - 1].strip() or 'Документ'}.{file_format}"


def clean_name(name: str) -> str:
    """``name`` without folders and invisible characters, on one line. May be empty."""
    base_name = _SEPARATORS.split(name)[-1]
    visible = "".join(char for char in base_name if char.isspace() or _is_visible(char))
    return unicodedata.normalize("NFC", _SPACES.sub(" ", visible)).strip()


def _is_visible(char: str) -> bool:
    """False for control, format (bidirectional), surrogate, private and unassigned characters."""
    return unicodedata.category(char)[0] != "C"


def _without_extension(name: str, file_format: FileFormat) -> str:
    stem, dot, extension = name.rpartition(".")
    return stem if dot and extension.lower() == file_format else name
