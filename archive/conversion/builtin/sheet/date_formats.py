"""Date and time formats of spreadsheets, as a Russian Excel shows them."""

import re
from datetime import date, datetime, time, timedelta

_MONTHS = [
    "январь",
    "февраль",
    "март",
    "апрель",
    "май",
    "июнь",
    "июль",
    "август",
    "сентябрь",
    "октябрь",
    "ноябрь",
    "декабрь",
]
_MONTHS_GENITIVE = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
]
_DAYS = ["понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье"]
_DAYS_SHORT = ["Пн", "Вт", "Ср", "Чт", "Пт", "Сб", "Вс"]
# These built-in formats mean "the system's format", whatever they spell.
_SYSTEM_FORMATS = {
    "mm-dd-yy": "dd.mm.yyyy",
    "m/d/yy h:mm": "dd.mm.yyyy h:mm",
    "[$-f800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy": 'd mmmm yyyy "г."',
    "[$-f400]h:mm:ss\\ am/pm": "h:mm:ss",
}
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_(?P<space>.)|\*.|\[(?P<elapsed>h+|m+|s+)\]|\[[^\]]*\]'
    r"|(?P<noon>AM/PM|A/P)|(?P<part>y+|m+|d+|h+|s+|г+|д+|ч+|с+)|(?P<fraction>\.0+)|(?P<other>.)",
    re.DOTALL | re.IGNORECASE,
)
_LATIN = {"г": "y", "д": "d", "ч": "h", "с": "s"}

DateValue = datetime | date | time | timedelta


def format_date_value(value: DateValue, code: str) -> str:
    """The text of a date, time or duration in the number format ``code``."""
    code = code.split(";")[0]
    code = _SYSTEM_FORMATS.get(code.lower(), code)
    if code.lower() in ("general", "@", ""):
        code = "dd.mm.yyyy"
    duration = value if isinstance(value, timedelta) else None
    moment = _to_datetime(value)
    tokens = list(_TOKEN.finditer(code))
    is_12_hour = any(token["noon"] for token in tokens)
    return "".join(
        _format_token(tokens, position, moment, duration, is_12_hour=is_12_hour)
        for position in range(len(tokens))
    )


def _to_datetime(value: DateValue) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001  (a cell has no zone)
    if isinstance(value, time):
        return datetime.combine(date(1900, 1, 1), value)
    return datetime(1899, 12, 30) + value  # noqa: DTZ001


def _format_token(
    tokens: list[re.Match[str]],
    position: int,
    moment: datetime,
    duration: timedelta | None,
    *,
    is_12_hour: bool,
) -> str:
    token = tokens[position]
    if token["elapsed"]:
        return _format_elapsed(token["elapsed"], moment, duration)
    if token["noon"]:
        return "AM" if moment.hour < 12 else "PM"
    if token["fraction"]:
        return "," + f"{moment.microsecond:06d}"[: len(token["fraction"]) - 1]
    if token["part"]:
        letter = _LATIN.get(token["part"][0].lower(), token["part"][0].lower())
        if letter == "m" and _are_minutes(tokens, position):
            letter = "n"
        return _format_part(letter, len(token["part"]), tokens, moment, is_12_hour=is_12_hour)
    if token["space"]:
        return " "
    return token["quoted"] or token["escaped"] or token["other"] or ""


def _are_minutes(tokens: list[re.Match[str]], position: int) -> bool:
    """An «m» after hours or before seconds means minutes."""
    before = [t for t in tokens[:position] if t["part"] or t["elapsed"]]
    after = [t for t in tokens[position + 1 :] if t["part"] or t["elapsed"]]
    previous = (before[-1]["part"] or before[-1]["elapsed"]).lower() if before else ""
    following = (after[0]["part"] or after[0]["elapsed"]).lower() if after else ""
    return previous[:1] in ("h", "ч") or following[:1] in ("s", "с")


def _format_part(
    letter: str, length: int, tokens: list[re.Match[str]], moment: datetime, *, is_12_hour: bool
) -> str:
    if letter == "y":
        return f"{moment.year:04d}" if length > 2 else f"{moment.year % 100:02d}"
    if letter == "m" and length > 2:
        with_day = any((t["part"] or "").lower() in ("d", "dd", "д", "дд") for t in tokens)
        name = (_MONTHS_GENITIVE if with_day else _MONTHS)[moment.month - 1]
        return {3: name[:3], 5: name[:1]}.get(length, name)
    if letter == "d" and length > 2:
        return (_DAYS_SHORT if length == 3 else _DAYS)[moment.weekday()]
    hour = (moment.hour % 12 or 12) if is_12_hour else moment.hour
    number = {
        "m": moment.month,
        "d": moment.day,
        "h": hour,
        "n": moment.minute,
        "s": moment.second,
    }[letter]
    return f"{number:0{min(length, 2)}d}"


def _format_elapsed(unit: str, moment: datetime, duration: timedelta | None) -> str:
    seconds = (duration or moment - datetime(1899, 12, 30)).total_seconds()  # noqa: DTZ001
    whole = int(seconds // {"h": 3600, "m": 60, "s": 1}[unit[0].lower()])
    return str(whole).zfill(len(unit))
