"""Number formats of spreadsheets, as a Russian Excel shows them (ECMA-376, 18.8.31)."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from archive.conversion.builtin.sheet import date_formats

DECIMAL = ","
GROUP = "\u00a0"
GENERAL_DIGITS = 10
MOST_DECIMALS = 30

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_(?P<space>.)|\*(?P<fill>.)'
    r"|\[\$(?P<currency>[^\]-]*)(?:-[^\]]*)?\]|\[(?P<bracket>[^\]]*)\]"
    r"|(?P<general>General|Основной)|(?P<exponent>[Ee][+-])|(?P<other>.)",
    re.DOTALL | re.IGNORECASE,
)
_SECTION_END = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|(;)')
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?[\d.]+)\]")
_COMPARISONS = {
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "=": lambda a, b: a == b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "<>": lambda a, b: a != b,
}
_DIGITS = "0#?"


def shown(value: object, code: str) -> str:
    """The text that a cell with ``value`` and the number format ``code`` shows."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ИСТИНА" if value else "ЛОЖЬ"
    if isinstance(value, datetime | date | time | timedelta):
        return date_formats.shown(value, code)
    if isinstance(value, int | float):
        return _number(Decimal(repr(value)), code)
    return _text(str(value), code)


def _text(value: str, code: str) -> str:
    sections = _sections(code)
    pattern = sections[3] if len(sections) > 3 else sections[-1]
    if "@" not in pattern:
        return value
    return "".join(
        value if token.kind == "other" and token.text == "@" else token.literal
        for token in _tokens(pattern)
    )


def _sections(code: str) -> list[str]:
    parts, start = [], 0
    for found in _SECTION_END.finditer(code):
        if found[1]:
            parts.append(code[start : found.start()])
            start = found.end()
    return [*parts, code[start:]]


def _number(value: Decimal, code: str) -> str:
    if not value.is_finite():
        return ""
    pattern, signed = _chosen(value, _sections(code))
    tokens = _tokens(pattern)
    if any(token.kind == "general" for token in tokens):
        return "".join(
            _general(value) if token.kind == "general" else token.literal for token in tokens
        )
    body = _filled(abs(value), tokens)
    return f"-{body}" if signed and value < 0 and re.search("[1-9]", body) else body


def _chosen(value: Decimal, sections: list[str]) -> tuple[str, bool]:
    """The section for ``value``, and whether the minus is ours to write."""
    for number, section in enumerate(sections[:3]):
        if condition := _CONDITION.search(section):
            if _COMPARISONS[condition[1]](value, Decimal(condition[2])):
                return section, True
        elif number + 1 == len(sections) and any(map(_CONDITION.search, sections)):
            return section, True
    numeric = [section for section in sections[:3] if not _CONDITION.search(section)]
    if value < 0 and len(numeric) > 1:
        return numeric[1], False
    if value == 0 and len(numeric) > 2:
        return numeric[2], False
    return (numeric or sections)[0], True


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str

    @property
    def is_place(self) -> bool:
        """Whether a digit may stand here."""
        return self.kind == "other" and self.text in _DIGITS

    @property
    def literal(self) -> str:
        """What the token shows as itself."""
        if self.kind in ("quoted", "escaped", "currency"):
            return self.text
        if self.kind == "space":
            return " "
        return self.text if self.kind == "other" and self.text not in "@" else ""


def _tokens(pattern: str) -> list[_Token]:
    found = _TOKEN.finditer(pattern)
    return [_Token(match.lastgroup or "other", match[match.lastgroup or 0]) for match in found]


def _general(value: Decimal) -> str:
    if value == 0:
        return "0"
    if not Decimal("1e-5") <= abs(value) < Decimal("1e11"):
        mantissa, _, exponent = f"{value:.5E}".partition("E")
        mantissa = mantissa.rstrip("0").rstrip(".").replace(".", DECIMAL)
        return f"{mantissa}E{exponent[0]}{exponent[1:].zfill(2)}"
    whole_digits = max(1, value.adjusted() + 1)
    places = max(0, GENERAL_DIGITS - whole_digits)
    text = f"{_rounded(value, places):f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", DECIMAL)


def _rounded(value: Decimal, places: int) -> Decimal:
    """Half away from zero, as spreadsheets round."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _filled(value: Decimal, tokens: list[_Token]) -> str:
    """``value`` (not negative) in the places that the pattern has for digits."""
    places = [i for i, token in enumerate(tokens) if token.is_place]
    if not places:
        return "".join(token.literal for token in tokens)
    value *= Decimal(100) ** sum(token == _Token("other", "%") for token in tokens)
    exponent = next((i for i, token in enumerate(tokens) if token.kind == "exponent"), None)
    if exponent is not None:
        return _scientific(value, tokens, exponent)
    if any(token == _Token("other", "/") for token in tokens):
        return _general(value)
    point = next((i for i, t in enumerate(tokens) if t == _Token("other", ".")), len(tokens))
    whole = [i for i in places if i < point]
    fraction = [i for i in places if i > point][:MOST_DECIMALS]
    value /= Decimal(1000) ** _scaling_commas(tokens, whole, point)
    text = f"{_rounded(value, len(fraction)):f}"
    digits, _, decimals = text.partition(".")
    decimals = _optional_decimals(decimals, "".join(tokens[i].text for i in fraction))
    grouped = any(
        token == _Token("other", ",") and whole and whole[0] < i < whole[-1]
        for i, token in enumerate(tokens)
    )
    filled = _whole(digits, "".join(tokens[i].text for i in whole), grouped)
    return _laid_out(tokens, whole, fraction, point, filled, decimals)


def _scaling_commas(tokens: list[_Token], whole: list[int], point: int) -> int:
    """Commas right after the last place before the point divide by a thousand each."""
    count, position = 0, (whole[-1] + 1 if whole else point)
    while position < len(tokens) and tokens[position] == _Token("other", ","):
        count, position = count + 1, position + 1
    return count


def _optional_decimals(decimals: str, pattern: str) -> str:
    while decimals and pattern[len(decimals) - 1] == "#" and decimals[-1] == "0":
        decimals = decimals[:-1]
    return decimals


def _whole(digits: str, pattern: str, grouped: bool) -> str:
    digits = digits.lstrip("0").rjust(pattern.count("0"), "0")
    if not grouped:
        return digits
    head = len(digits) % 3
    groups = [digits[:head], *(digits[i : i + 3] for i in range(head, len(digits), 3))]
    return GROUP.join(group for group in groups if group)


def _laid_out(
    tokens: list[_Token],
    whole: list[int],
    fraction: list[int],
    point: int,
    digits: str,
    decimals: str,
) -> str:
    shown: list[str] = []
    first_whole = whole[0] if whole else point
    for position, token in enumerate(tokens):
        if position == first_whole:
            shown.append(digits)
        if position == point:
            shown.append(DECIMAL + decimals if decimals or fraction == [] else "")
        elif position in whole or position in fraction or token == _Token("other", ","):
            continue
        else:
            shown.append(token.literal)
    return "".join(shown)


def _scientific(value: Decimal, tokens: list[_Token], exponent: int) -> str:
    point = next((i for i, t in enumerate(tokens[:exponent]) if t.text == "."), exponent)
    places = sum(token.text in _DIGITS for token in tokens[point:exponent])
    mantissa, _, power = f"{value:.{places}E}".partition("E")
    width = sum(token.text in _DIGITS for token in tokens[exponent:])
    return f"{mantissa.replace('.', DECIMAL)}E{power[0]}{power[1:].zfill(width)}"
