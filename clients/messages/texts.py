"""Texts of messages: how many parts an SMS takes, and names that are safe inside one."""

import re
import unicodedata

_GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# These take two places each.
_GSM_EXTENDED = frozenset("\f^{}\\[~]|€")
# The size of a lone part, and of each of several.
_GSM_SIZES = (160, 153)
_UCS2_SIZES = (70, 67)
# What browsers and phones read as a dot or a slash of an address.
_LOOK_ALIKES = str.maketrans(
    {"。": ".", "．": ".", "｡": ".", "․": ".", "／": "/", "⁄": "/", "∕": "/"}
)
_ADDRESS_JOINT = re.compile(r"(?<=\w)\.(?=[\w%-])")
_SYMBOLS_TO_KEEP = frozenset("№©®°™")
_DROPPED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "So", "Sk", "Mn", "Me"})


def count_parts(text: str) -> int:
    """How many SMS ``text`` is charged as; 0 for an empty one."""
    if all(char in _GSM_BASIC or char in _GSM_EXTENDED for char in text):
        return _count([2 if char in _GSM_EXTENDED else 1 for char in text], _GSM_SIZES)
    return _count([len(char.encode("utf-16-le")) // 2 for char in text], _UCS2_SIZES)


def safe_name(text: str, limit: int) -> str:
    """``text``, which people typed, as a part of a message: one line of at most ``limit``.

    Phones make no link of it: «bit.ly/x» comes out as «bit. ly/x». Emoji and invisible characters
    are dropped; quotes and «&» stay.
    """
    normal = unicodedata.normalize("NFC", text).translate(_LOOK_ALIKES)
    kept = "".join(
        " " if char.isspace() else char
        for char in normal
        if char.isspace()
        or char in _SYMBOLS_TO_KEEP
        or unicodedata.category(char) not in _DROPPED_CATEGORIES
    )
    kept = _ADDRESS_JOINT.sub(". ", kept.replace("://", " ").replace("@", " "))
    line = " ".join(kept.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _count(widths: list[int], sizes: tuple[int, int]) -> int:
    """No character is split between two parts."""
    alone, joined = sizes
    if sum(widths) <= alone:
        return 1 if widths else 0
    parts, filled = 1, 0
    for width in widths:
        if filled + width > joined:
            parts, filled = parts + 1, 0
        filled += width
    return parts
