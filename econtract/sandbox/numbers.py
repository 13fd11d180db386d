"""Phone numbers, e-mail addresses and identifiers with check digits: validate and generate."""

from __future__ import annotations

import re

from stdnum import ean
from stdnum.ru import inn as stdnum_inn
from stdnum.ru import ogrn as stdnum_ogrn

_PHONE = re.compile(r"\+7[0-9]{10}")


def is_phone(text: str) -> bool:
    """Whether it is `+7` and 10 digits, the format of phones in all protocols."""
    return _PHONE.fullmatch(text) is not None


def is_email(text: str) -> bool:
    """Whether it has something on both sides of exactly one `@` and no spaces."""
    name, _, host = text.partition("@")
    return bool(name and host) and "@" not in host and " " not in text


def is_inn(text: str) -> bool:
    """Whether it is 10 or 12 digits with correct check digits."""
    return text.isascii() and text.isdigit() and stdnum_inn.is_valid(text)


def make_company_inn(nine_digits: str) -> str:
    """ИНН of a legal entity from its first 9 digits."""
    return nine_digits + stdnum_inn.calc_company_check_digit(nine_digits)


def make_person_inn(ten_digits: str) -> str:
    """ИНН of a person from its first 10 digits."""
    return ten_digits + stdnum_inn.calc_personal_check_digits(ten_digits)


def make_ogrn(digits: str) -> str:
    """ОГРН from its first 12 digits, ОГРНИП from its first 14."""
    # The library expects a placeholder for the check digit. For ОГРНИП it returns the whole
    # remainder (0 to 12); the check digit is the last digit of it.
    return digits + stdnum_ogrn.calc_check_digit(f"{digits}0")[-1]


def make_snils(nine_digits: str) -> str:
    """СНИЛС of 11 digits from its first 9, with the Pension Fund's checksum."""
    weights = range(9, 0, -1)
    total = sum(int(digit) * weight for digit, weight in zip(nine_digits, weights, strict=True))
    return f"{nine_digits}{total % 101 % 100:02d}"


def make_barcode(twelve_digits: str) -> str:
    """EAN-13 from its first 12 digits."""
    return twelve_digits + ean.calc_check_digit(twelve_digits)
