"""Text for search and for people: search keys, initials, digits."""

import re

LEGAL_FORMS = (
    "общество с ограниченной ответственностью",
    "публичное акционерное общество",
    "непубличное акционерное общество",
    "закрытое акционерное общество",
    "открытое акционерное общество",
    "акционерное общество",
    "индивидуальный предприниматель",
    "ооо",
    "пао",
    "нао",
    "зао",
    "оао",
    "ао",
    "ип",
    "самозанятый",
    "самозанятая",
)
_LEGAL_FORM = re.compile(r"(?<!\w)(?:" + "|".join(LEGAL_FORMS) + r")(?!\w)")
_NOT_WORD = re.compile(r"[^\w]+")
# The keys of a keyboard in its two layouts, without and with Shift.
_LATIN_KEYS = "`qwertyuiop[]asdfghjkl;'zxcvbnm,.~QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>"
_RUSSIAN_KEYS = "ёйцукенгшщзхъфывапролджэячсмитьбюЁЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ"
_TO_RUSSIAN = str.maketrans(_LATIN_KEYS, _RUSSIAN_KEYS)
_TO_LATIN = str.maketrans(_RUSSIAN_KEYS, _LATIN_KEYS)
_LATIN = re.compile(r"[A-Za-z]")
_RUSSIAN = re.compile(r"[А-Яа-яЁё]")


def search_key(value: str) -> str:
    """``value`` for comparison in a search: case folded, ё as е, no quotes, no legal form.

    «ООО „РОМАШКА“» and «ромашка» have the same key. A name that is only a legal form keeps it, so
    that the key is empty only for text without letters and digits.
    """
    text = value.casefold().replace("ё", "е")
    plain = _NOT_WORD.sub(" ", text).strip()
    return _NOT_WORD.sub(" ", _LEGAL_FORM.sub(" ", plain)).strip() or plain


def name_with_initials(surname: str, *names: str) -> str:
    """«Иванова А. П.» with no-break spaces; empty without a surname."""
    initials = [f"{name[0]}." for name in names if name]
    return "\N{NO-BREAK SPACE}".join([surname, *initials]) if surname else ""


def extract_digits(value: str) -> str:
    """The decimal digits of ``value``, without the signs that pasted numbers have."""
    return "".join(char for char in value if char in "0123456789")


def switch_layout(value: str) -> str:
    """``value`` as the same keys type it in the other keyboard layout: «ghbdtn» is «привет».

    Empty for text with letters of both layouts or of none: nobody forgot to switch.
    """
    if bool(_LATIN.search(value)) == bool(_RUSSIAN.search(value)):
        return ""
    return value.translate(_TO_RUSSIAN if _LATIN.search(value) else _TO_LATIN)


def pluralize(number: int, one: str, few: str, many: str) -> str:
    """The form of a Russian noun after ``number``: 1 задание, 2 задания, 5 заданий."""
    if number % 10 == 1 and number % 100 != 11:
        return one
    if number % 10 in {2, 3, 4} and number % 100 not in {12, 13, 14}:
        return few
    return many
