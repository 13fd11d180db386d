"""Numbers in the forms that Word's lists, pages and notes have (ECMA-376, 17.18.59)."""

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
_LATIN = "abcdefghijklmnopqrstuvwxyz"
# Word leaves out ё, й, ъ, ы, ь.
_RUSSIAN = "абвгдежзиклмнопрстуфхцчшщэюя"
_LARGEST_ROMAN = 32_000

# Symbol fonts have their signs where Unicode keeps private characters.
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


def numeral(count: int, form: str) -> str:
    """``count`` written in ``form``; plain digits for a form that we have no signs for."""
    if form == "none":
        return ""
    if form == "decimalZero":
        return f"{count:02d}"
    if form in ("lowerRoman", "upperRoman") and 0 < count < _LARGEST_ROMAN:
        roman = _roman(count)
        return roman.lower() if form == "lowerRoman" else roman
    if form in ("lowerLetter", "upperLetter", "russianLower", "russianUpper") and count > 0:
        letters = _RUSSIAN if form.startswith("russian") else _LATIN
        # After the last letter they are doubled: «я», «аа», «бб».
        repeat, letter = divmod(count - 1, len(letters))
        written = letters[letter] * min(repeat + 1, 20)
        return written.upper() if form in ("upperLetter", "russianUpper") else written
    if form == "ordinal":
        return f"{count}-й"
    return str(count)


def _roman(count: int) -> str:
    written = ""
    for size, sign in _ROMAN:
        times, count = divmod(count, size)
        written += sign * times
    return written


def readable(text: str) -> str:
    """Signs of symbol fonts as the Unicode characters that look like them."""
    plain = text.translate(_SYMBOLS)
    return "".join("•" if "\uf000" <= char <= "\uf0ff" else char for char in plain)
