"""File names for the ZIP: readable, unique, and safe on every operating system."""

import re
import unicodedata

MAX_LENGTH = 80
# Characters that Windows forbids, or that a shell interprets inside the quotes of the commands in
# ПРОЧТИ.txt.
_FORBIDDEN = re.compile(r'[<>:"/\\|?*$`!%^]')
_SPACES = re.compile(r"\s+")
_RESERVED = re.compile(r"(?:CON|PRN|AUX|NUL|COM[0-9¹²³]|LPT[0-9¹²³])(?:\..*)?\Z", re.IGNORECASE)
# Unicode categories: control, format (right-to-left marks), private use, unassigned, surrogates.
_INVISIBLE = {"Cc", "Cf", "Co", "Cn", "Cs"}


def safe_stem(name: str, *, default: str) -> str:
    """``name`` without its extension, as a valid file name in Windows, Linux and macOS.

    At most 80 characters. Never empty (it is ``default`` then), a Windows device name, hidden, or
    ending in a dot or space.
    """
    stem = name.rpartition(".")[0] or name
    return safe_name(stem, default=default)


def safe_name(name: str, *, default: str) -> str:
    """`safe_stem` for a whole name: the extension is kept."""
    visible = "".join(
        char if unicodedata.category(char) not in _INVISIBLE else " "
        for char in unicodedata.normalize("NFC", name)
    )
    safe = _SPACES.sub(" ", _FORBIDDEN.sub(" ", visible))[:MAX_LENGTH].strip(" .").lstrip("-")
    if not safe:
        return default
    return f"_{safe}" if _RESERVED.match(safe) else safe


class UniqueNames:
    """Makes names unique: the second file of a name gets « (2)» before its extension.

    Names that differ only in letter case count as the same name, as they do on Windows.
    """

    def __init__(self) -> None:
        self._reserved: set[str] = set()

    def reserve(self, name: str) -> str:
        """``name``, or a variant of it that is not reserved yet; reserves it."""
        stem, dot, extension = name.rpartition(".")
        if not dot:
            stem, extension = name, ""
        candidate, number = name, 2
        while candidate.casefold() in self._reserved:
            candidate = f"{stem} ({number}){dot}{extension}"
            number += 1
        self._reserved.add(candidate.casefold())
        return candidate
