"""Number formats of Word's lists (ECMA-376-1, 17.18.59), and characters of symbol fonts."""

_ROMAN = (
    (1000, "M"),
    (900, "CM"),
    (500, "D"),
    (400, "CD"),
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
)
_LETTER_FORMATS = ("lowerLetter", "upperLetter", "russianLower", "russianUpper")
_LATIN = "abcdefghijklmnopqrstuvwxyz"
# Word omits ё, й, ъ, ы, ь.
_RUSSIAN = "абвгдежзиклмнопрстуфхцчшщэюя"
_MAX_ROMAN = 32_000

# Symbol fonts have their characters in the Unicode private use area.
_SYMBOLS = str.maketrans(
    {
        "\uf0b7": "•",
        "\uf0a7": "▪",
        "\uf0a8": "□",
        "\uf0d8": "➢",
        "\uf0fc": "✓",
        "\uf0fb": "✗",
        "\uf02d": "-",
        "\uf076": "❖",
        "\uf06e": "■",
        "\uf06f": "□",
        "\uf071": "❑",
        "\uf0e0": "→",
        "\uf0ae": "→",
        "\uf0b0": "°",
        "\uf0b1": "±",
        "\uf0b4": "×",
        "\uf0a3": "≤",
        "\uf0b3": "≥",
        "\uf0b9": "≠",
        "\uf0fe": "☑",
        "\uf0a4": "◉",
    }
)


def format_numeral(count: int, number_format: str) -> str:
    """``count`` in ``number_format`` (w:numFmt); decimal for a format that we do not support."""
    if number_format == "none":
        return ""
    if number_format == "decimalZero":
        return f"{count:02d}"
    if number_format in ("lowerRoman", "upperRoman") and 0 < count < _MAX_ROMAN:
        roman = _to_roman(count)
        return roman.lower() if number_format == "lowerRoman" else roman
    if number_format in _LETTER_FORMATS and count > 0:
        letters = _RUSSIAN if number_format.startswith("russian") else _LATIN
        # After the last letter they are doubled: «я», «аа», «бб».
        repeat, index = divmod(count - 1, len(letters))
        text = letters[index] * min(repeat + 1, 20)
        return text.upper() if number_format in ("upperLetter", "russianUpper") else text
    if number_format == "ordinal":
        return f"{count}-й"
    return str(count)


def _to_roman(count: int) -> str:
    roman = ""
    for size, sign in _ROMAN:
        times, count = divmod(count, size)
        roman += sign * times
    return roman


def replace_symbol_characters(text: str) -> str:
    """``text`` with characters of symbol fonts replaced by similar Unicode characters."""
    translated = text.translate(_SYMBOLS)
    return "".join("•" if "\uf000" <= char <= "\uf0ff" else char for char in translated)
