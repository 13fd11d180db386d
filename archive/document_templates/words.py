"""Sums, numbers and dates in Russian words. No Django: confined processes use it too."""

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from num2words import num2words

from econtract.platform.common.text import pluralize

MONTHS = (
    *("января", "февраля", "марта", "апреля", "мая", "июня"),
    *("июля", "августа", "сентября", "октября", "ноября", "декабря"),
)
# Above it num2words has no Russian names, and no contract has such a sum.
_LIMIT = Decimal(10**15)
_SPACES = re.compile(r"[\s_']")
_CURRENCY = re.compile(r"(?i)\s*(?:₽|руб(?:\.|лей|ля|ль)?|р\.)$")


def parse_number(text: str) -> Decimal:
    """The number in «12 345,60», «12345.6», «12 345,60 ₽». Raises ValueError."""
    try:
        number = Decimal(_SPACES.sub("", _CURRENCY.sub("", text.strip())).replace(",", "."))
    except InvalidOperation:
        raise ValueError("Not a number.") from None
    if not number.is_finite() or not 0 <= number < _LIMIT:
        raise ValueError("The number is out of range.")
    return number


def parse_whole(text: str) -> int:
    """The whole number in «1 200». Raises ValueError."""
    number = parse_number(text)
    if number != int(number):
        raise ValueError("Not a whole number.")
    return int(number)


def parse_date(text: str) -> date:
    """The date in «28.11.2026» or «2026-11-28». Raises ValueError."""
    for layout in ("%d.%m.%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text.strip(), layout).date()  # noqa: DTZ007  (a day)
        except ValueError:
            continue
    raise ValueError("Not a date.")


def sum_in_words(amount: Decimal) -> str:
    """«Одна тысяча двести рублей 05 копеек», rounded to kopecks."""
    kopecks = int((amount * 100).quantize(Decimal(1), ROUND_HALF_UP))
    roubles, kopecks = divmod(kopecks, 100)
    rouble_word = pluralize(roubles, "рубль", "рубля", "рублей")
    kopeck_word = pluralize(kopecks, "копейка", "копейки", "копеек")
    return f"{number_in_words(roubles)} {rouble_word} {kopecks:02} {kopeck_word}"


def number_in_words(number: int) -> str:
    """«Двадцать один»: a whole number from 0."""
    words: str = num2words(number, lang="ru")
    return words[0].upper() + words[1:]


def date_in_words(day: date) -> str:
    """«двадцать восьмое ноября две тысячи двадцать шестого года»."""
    number: str = num2words(day.day, lang="ru", to="ordinal", gender="n")
    year: str = num2words(day.year, lang="ru", to="ordinal", case="g")
    return f"{number} {MONTHS[day.month - 1]} {year} года"


def long_date(day: date) -> str:
    """«28 ноября 2026 г.»"""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year} г."
