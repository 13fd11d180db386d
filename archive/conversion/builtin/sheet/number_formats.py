"""Number formats of spreadsheets, as a Russian Excel shows them (ECMA-376, 18.8.31)."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from archive.conversion.builtin.sheet import date_formats

DECIMAL = ","
GROUP = "\u00a0"
GENERAL_DIGITS = 10
MAX_DECIMALS = 30

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


def format_value(value: object, code: str) -> str:
    """The text of a cell with ``value`` and the number format ``code``."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ИСТИНА" if value else "ЛОЖЬ"
    if isinstance(value, datetime | date | time | timedelta):
        return date_formats.format_date_value(value, code)
    if isinstance(value, int | float):
        return _format_number(Decimal(repr(value)), code)
    return _format_text(str(value), code)


def _format_text(value: str, code: str) -> str:
    sections = _split_sections(code)
    pattern = sections[3] if len(sections) > 3 else sections[-1]
    if "@" not in pattern:
        return value
    return "".join(
        value if token.kind == "other" and token.text == "@" else token.literal
        for token in _tokenise(pattern)
    )


def _split_sections(code: str) -> list[str]:
    sections, start = [], 0
    for match in _SECTION_END.finditer(code):
        if match[1]:
            sections.append(code[start : match.start()])
            start = match.end()
    return [*sections, code[start:]]


def _format_number(value: Decimal, code: str) -> str:
    if not value.is_finite():
        return ""
    pattern, needs_minus = _choose_section(value, _split_sections(code))
    tokens = _tokenise(pattern)
    if any(token.kind == "general" for token in tokens):
        return "".join(
            _format_general(value) if token.kind == "general" else token.literal for token in tokens
        )
    body = _fill_pattern(abs(value), tokens)
    return f"-{body}" if needs_minus and value < 0 and re.search("[1-9]", body) else body


def _choose_section(value: Decimal, sections: list[str]) -> tuple[str, bool]:
    """The section that applies to ``value``, and whether a negative value needs a minus sign."""
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
    def is_digit(self) -> bool:
        """Whether it is a placeholder for a digit."""
        return self.kind == "other" and self.text in _DIGITS

    @property
    def literal(self) -> str:
        """The text that the token itself shows."""
        if self.kind in ("quoted", "escaped", "currency"):
            return self.text
        if self.kind == "space":
            return " "
        return self.text if self.kind == "other" and self.text not in "@" else ""


def _tokenise(pattern: str) -> list[_Token]:
    return [
        _Token(match.lastgroup or "other", match[match.lastgroup or 0])
        for match in _TOKEN.finditer(pattern)
    ]


def _format_general(value: Decimal) -> str:
    if value == 0:
        return "0"
    if not Decimal("1e-5") <= abs(value) < Decimal("1e11"):
        mantissa, _, exponent = f"{value:.5E}".partition("E")
        mantissa = mantissa.rstrip("0").rstrip(".").replace(".", DECIMAL)
        return f"{mantissa}E{exponent[0]}{exponent[1:].zfill(2)}"
    whole_digits = max(1, value.adjusted() + 1)
    places = max(0, GENERAL_DIGITS - whole_digits)
    text = f"{_round(value, places):f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", DECIMAL)


def _round(value: Decimal, places: int) -> Decimal:
    """Rounds half away from zero, as spreadsheets do."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _fill_pattern(value: Decimal, tokens: list[_Token]) -> str:
    """``value`` (not negative) in the digit placeholders of the pattern."""
    placeholders = [i for i, token in enumerate(tokens) if token.is_digit]
    if not placeholders:
        return "".join(token.literal for token in tokens)
    value *= Decimal(100) ** sum(token == _Token("other", "%") for token in tokens)
    exponent = next((i for i, token in enumerate(tokens) if token.kind == "exponent"), None)
    if exponent is not None:
        return _format_scientific(value, tokens, exponent)
    if any(token == _Token("other", "/") for token in tokens):
        return _format_general(value)
    point = next((i for i, t in enumerate(tokens) if t == _Token("other", ".")), len(tokens))
    whole = [i for i in placeholders if i < point]
    fraction = [i for i in placeholders if i > point][:MAX_DECIMALS]
    value /= Decimal(1000) ** _count_scaling_commas(tokens, whole, point)
    text = f"{_round(value, len(fraction)):f}"
    digits, _, decimals = text.partition(".")
    decimals = _strip_optional_zeros(decimals, "".join(tokens[i].text for i in fraction))
    has_groups = any(
        token == _Token("other", ",") and whole and whole[0] < i < whole[-1]
        for i, token in enumerate(tokens)
    )
    texts = dict(zip(fraction, decimals, strict=False))
    pattern = "".join(tokens[i].text for i in whole)
    if has_groups or not whole:
        texts[whole[0] if whole else point] = _format_whole(digits, pattern, has_groups)
    else:
        texts |= _spread_digits(digits, pattern, whole)
    return _assemble(tokens, texts, point, has_point=bool(decimals) or not fraction)


def _count_scaling_commas(tokens: list[_Token], whole: list[int], point: int) -> int:
    """Each comma directly after the last digit before the point divides by a thousand."""
    count, position = 0, (whole[-1] + 1 if whole else point)
    while position < len(tokens) and tokens[position] == _Token("other", ","):
        count, position = count + 1, position + 1
    return count


def _strip_optional_zeros(decimals: str, pattern: str) -> str:
    """Removes trailing zeros whose placeholder is «#»."""
    while decimals and pattern[len(decimals) - 1] == "#" and decimals[-1] == "0":
        decimals = decimals[:-1]
    return decimals


def _format_whole(digits: str, pattern: str, has_groups: bool) -> str:
    digits = digits.lstrip("0").rjust(pattern.count("0"), "0")
    if not has_groups:
        return digits
    head = len(digits) % 3
    groups = [digits[:head], *(digits[i : i + 3] for i in range(head, len(digits), 3))]
    return GROUP.join(group for group in groups if group)


def _spread_digits(digits: str, pattern: str, placeholders: list[int]) -> dict[int, str]:
    """The digits by the position of their placeholders, from the right; the first one takes the
    rest. So a literal between two placeholders stays between their digits."""
    digits = digits.lstrip("0").rjust(pattern.count("0"), "0")
    texts: dict[int, str] = {}
    for position in reversed(placeholders[1:]):
        texts[position], digits = digits[-1:], digits[:-1]
    texts[placeholders[0]] = digits
    return texts


def _assemble(tokens: list[_Token], texts: dict[int, str], point: int, *, has_point: bool) -> str:
    """The literals of the pattern, and ``texts`` at the positions of its placeholders."""
    pieces: list[str] = []
    for position, token in enumerate(tokens):
        pieces.append(texts.get(position, ""))
        if position == point:
            pieces.append(DECIMAL if has_point else "")
        elif not token.is_digit and token != _Token("other", ","):
            pieces.append(token.literal)
    pieces.append(texts.get(len(tokens), ""))
    return "".join(pieces)


def _format_scientific(value: Decimal, tokens: list[_Token], exponent: int) -> str:
    point = next((i for i, t in enumerate(tokens[:exponent]) if t.text == "."), exponent)
    places = sum(token.text in _DIGITS for token in tokens[point:exponent])
    mantissa, _, power = f"{value:.{places}E}".partition("E")
    width = sum(token.text in _DIGITS for token in tokens[exponent:])
    return f"{mantissa.replace('.', DECIMAL)}E{power[0]}{power[1:].zfill(width)}"
