"""File names that are readable, unique, and safe on every system that unpacks a ZIP."""

import re
import unicodedata

STEM_LIMIT = 80
# What Windows forbids, and what a shell would act on inside the quotes of ПРОЧТИ.txt's commands.
_FORBIDDEN = re.compile(r'[<>:"/\\|?*$`!%^]')
_SPACES = re.compile(r"\s+")
_RESERVED = re.compile(r"(?:CON|PRN|AUX|NUL|COM[0-9¹²³]|LPT[0-9¹²³])(?:\..*)?\Z", re.IGNORECASE)
# Control, format (right-to-left marks), private use, unassigned, surrogates.
_INVISIBLE = {"Cc", "Cf", "Co", "Cn", "Cs"}


def safe_stem(name: str, *, default: str) -> str:
    """``name`` without its extension, fit to be a file's name in Windows, Linux and macOS.

    At most 80 characters; never empty (``default`` stands in), a device name, hidden, or ending
    in a dot or space.
    """
    stem = name.rpartition(".")[0] or name
    return safe_name(stem, default=default)


def safe_name(name: str, *, default: str) -> str:
    """``name`` as `safe_stem` makes it, its extension left as it is."""
    visible = "".join(
        char if unicodedata.category(char) not in _INVISIBLE else " "
        for char in unicodedata.normalize("NFC", name)
    )
    plain = _SPACES.sub(" ", _FORBIDDEN.sub(" ", visible))[:STEM_LIMIT].strip(" .").lstrip("-")
    if not plain:
        return default
    return f"_{plain}" if _RESERVED.match(plain) else plain


class UniqueNames:
    """Hands out each name once; a second one gets « (2)» before its extension.

    Names that differ only in letter case are one name: on Windows they would overwrite.
    """

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, name: str) -> str:
        stem, dot, extension = name.rpartition(".")
        if not dot:
            stem, extension = name, ""
        candidate, number = name, 2
        while candidate.casefold() in self._taken:
            candidate = f"{stem} ({number}){dot}{extension}"
            number += 1
        self._taken.add(candidate.casefold())
        return candidate
