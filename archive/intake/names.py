"""A stranger's file name, made fit for showing. It never becomes a path."""

import re
import unicodedata

from archive.intake.formats import FileFormat

LONGEST = 200
_SEPARATORS = re.compile(r"[\\/]")
_SPACES = re.compile(r"\s+")


def display_name(name: str, kind: FileFormat) -> str:
    """``name`` without folders, control, format and direction characters, at most 200 long.

    Always ends in an extension that tells the truth about the content; never empty.
    """
    last = _SEPARATORS.split(name)[-1]
    visible = "".join(char for char in last if char.isspace() or _is_shown(char))
    shown = _SPACES.sub(" ", visible)
    stem = _without_extension(unicodedata.normalize("NFC", shown).strip(), kind).strip(" .")
    return f"{stem[: LONGEST - len(kind) - 1].strip() or 'Документ'}.{kind}"


def _is_shown(char: str) -> bool:
    """Not a control, format, direction, private or broken character."""
    return unicodedata.category(char)[0] != "C"


def _without_extension(name: str, kind: FileFormat) -> str:
    stem, dot, extension = name.rpartition(".")
    return stem if dot and extension.lower() == kind else name
