"""A stranger's file name, made fit for showing. It never becomes a path."""

import re
import unicodedata

from archive.intake.kinds import Kind

LONGEST = 200
_SEPARATORS = re.compile(r"[\\/]")
_SPACES = re.compile(r"\s+")


def display_name(name: str, kind: Kind) -> str:
    """``name`` without folders, control, format and direction characters, at most 200 long.

    Always ends in an extension that tells the truth about the content; never empty.
    """
    last = _SEPARATORS.split(name)[-1]
    spaced = _SPACES.sub(" ", last)
    shown = "".join(char for char in spaced if unicodedata.category(char)[0] != "C")
    stem = _without_extension(unicodedata.normalize("NFC", shown).strip(" ."), kind)
    return f"{stem[: LONGEST - len(kind) - 1].strip() or 'Документ'}.{kind}"


def _without_extension(name: str, kind: Kind) -> str:
    stem, dot, extension = name.rpartition(".")
    return stem if dot and extension.lower() == kind else name
