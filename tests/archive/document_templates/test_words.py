"""Sums, numbers and dates in words."""

from datetime import date
from decimal import Decimal

import pytest

from archive.document_templates import words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", "Ноль рублей 00 копеек"),
        ("1", "Один рубль 00 копеек"),
        ("2 002,02", "Две тысячи два рубля 02 копейки"),
        ("1000000", "Один миллион рублей 00 копеек"),
        ("111 111.11 руб.", "Сто одиннадцать тысяч сто одиннадцать рублей 11 копеек"),
        ("0,995", "Один рубль 00 копеек"),
    ],
)
def test_a_sum_in_words(text: str, expected: str) -> None:
    assert words.sum_in_words(words.parse_number(text)) == expected


@pytest.mark.parametrize("text", ["", "много", "1,2,3", "-1", "1e400", "NaN", "Infinity", "1" * 16])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        words.parse_number(text)


def test_numbers_keep_their_value() -> None:
    assert words.parse_number("12 345\N{NO-BREAK SPACE}678,90 ₽") == Decimal("12345678.90")


def test_a_date_in_words() -> None:
    assert words.date_in_words(date(2000, 1, 3)) == "третье января двухтысячного года"
    assert words.long_date(words.parse_date("2026-05-01")) == "1 мая 2026 г."
