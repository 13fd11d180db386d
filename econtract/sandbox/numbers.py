"""Numbers with check digits: making them and checking them."""

from __future__ import annotations

import re

from stdnum import ean
from stdnum.ru import inn as stdnum_inn
from stdnum.ru import ogrn as stdnum_ogrn

_PHONE = re.compile(r"\+7[0-9]{10}")


def is_phone(text: str) -> bool:
    """`+7` and 10 digits, as all our protocols write phones."""
    return _PHONE.fullmatch(text) is not None


def is_email(text: str) -> bool:
    """Enough of an address to send to: something on both sides of one `@`."""
    name, _, host = text.partition("@")
    return bool(name and host) and "@" not in host and " " not in text


def is_inn(text: str) -> bool:
    """10 or 12 digits with right check digits."""
    return text.isascii() and text.isdigit() and stdnum_inn.is_valid(text)


def company_inn(nine: str) -> str:
    """ИНН of a legal entity from its first 9 digits."""
    return nine + stdnum_inn.calc_company_check_digit(nine)


def person_inn(ten: str) -> str:
    """ИНН of a person from its first 10 digits."""
    return ten + stdnum_inn.calc_personal_check_digits(ten)


def ogrn(digits: str) -> str:
    """ОГРН from its first 12 digits, ОГРНИП from its first 14."""
    # The library wants the number with a place for its check digit, and for ОГРНИП gives the
    # whole remainder (0 to 12), of which the rule takes the last digit.
    return digits + stdnum_ogrn.calc_check_digit(f"{digits}0")[-1]


def snils(nine: str) -> str:
    """СНИЛС of 11 digits from its first 9, by the Pension Fund's rule."""
    total = sum(int(digit) * weight for digit, weight in zip(nine, range(9, 0, -1), strict=True))
    return f"{nine}{total % 101 % 100:02d}"


def barcode(twelve: str) -> str:
    """EAN-13 from its first 12 digits."""
    return twelve + ean.calc_check_digit(twelve)
