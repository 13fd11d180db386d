"""Formats of numbers and e-mail addresses: from typed to stored, from stored to displayed.

Every ``clean_*`` takes text as typed (spaces, dashes and brackets allowed) and returns the stored
form, or raises ``ValidationError`` with a message for the form field.
"""

import re

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from stdnum.exceptions import InvalidChecksum
from stdnum.exceptions import ValidationError as BadNumber
from stdnum.ru import inn, ogrn

ACCOUNT_LENGTH = 12
PHONE_MESSAGE = "Введите телефон: +7 и 10 цифр"
EMAIL_MESSAGE = "Введите адрес вида name@company.ru"
ACCOUNT_MESSAGE = "Лицевой счет должен состоять из 12 цифр"

# Spaces of every width, dashes, brackets, dots: what copied numbers contain.
_PUNCTUATION = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u2010-\u2015\u2212()./-]+")
_NOT_PHONE = re.compile(r"[^0-9+]")
RUSSIA_CODE = 7
RUSSIAN_MOBILE = re.compile(r"9[0-9]{9}")
_KPP = re.compile(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}")


def compact(value: str) -> str:
    """``value`` without spaces and punctuation; letters stay."""
    return _PUNCTUATION.sub("", value)


def clean_inn(value: str, *, lengths: tuple[int, ...] = (10, 12)) -> str:
    """ИНН of one of ``lengths`` digits (10: an organisation, 12: a person)."""
    number = _digits_of_length(value, "ИНН", lengths)
    if not inn.is_valid(number):
        raise ValidationError("Проверьте ИНН: контрольные цифры не сходятся", code="checksum")
    return number


def clean_kpp(value: str) -> str:
    """КПП: nine characters, the fifth and sixth may be capital Latin letters."""
    number = compact(value).upper()
    if not _KPP.fullmatch(number):
        raise ValidationError("КПП состоит из 9 цифр", code="format")
    return number


def clean_ogrn(value: str) -> str:
    """ОГРН (13 digits) or ОГРНИП (15 digits)."""
    number = _digits_of_length(value, "ОГРН", (13, 15))
    if not _is_valid_ogrn(number):
        raise ValidationError("Проверьте ОГРН: контрольная цифра не сходится", code="checksum")
    return number


def clean_snils(value: str) -> str:
    """СНИЛС: eleven digits. Numbers up to 001-001-998 were issued without a checksum."""
    number = _digits_of_length(value, "СНИЛС", (11,))
    if int(number[:9]) > 1_001_998 and number[9:] != _snils_check_digits(number[:9]):
        raise ValidationError("Проверьте СНИЛС: контрольные цифры не сходятся", code="checksum")
    return number


def clean_phone(value: str) -> str:
    """A Russian mobile number as +7 and ten digits, from 8, 7, +7 or ten digits."""
    number = compact(value)
    if _NOT_PHONE.search(number):
        raise ValidationError(PHONE_MESSAGE, code="format")
    try:
        phone = phonenumbers.parse(number, "RU")
    except phonenumbers.NumberParseException:
        raise ValidationError(PHONE_MESSAGE, code="format") from None
    # Every +7 9… is a Russian mobile number. The library's table of assigned ranges is not always
    # up to date, and a real client must not be refused.
    national = str(phone.national_number)
    if phone.country_code != RUSSIA_CODE or not RUSSIAN_MOBILE.fullmatch(national):
        raise ValidationError(PHONE_MESSAGE, code="format")
    return phonenumbers.format_number(phone, phonenumbers.PhoneNumberFormat.E164)


def clean_email(value: str) -> str:
    """An e-mail address in lower case, so that the same mailbox compares equal."""
    address = value.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise ValidationError(EMAIL_MESSAGE, code="format") from None
    return address


def clean_account_number(value: str) -> str:
    """«Лицевой счет»: 12 digits. `clients.rules.account_prefix` checks the prefix."""
    number = compact(value)
    if len(number) != ACCOUNT_LENGTH or not _is_digits(number):
        raise ValidationError(ACCOUNT_MESSAGE, code="length")
    return number


def display_phone(phone: str) -> str:
    """«+7 912 345-67-89»; returns anything but a stored Russian number unchanged."""
    if not re.fullmatch(r"\+7[0-9]{10}", phone):
        return phone
    return f"+7 {phone[2:5]} {phone[5:8]}-{phone[8:10]}-{phone[10:]}"


def mask_phone(phone: str) -> str:
    """«+7 ••• •••-67-89»: how a phone is shown wherever the whole number is not needed."""
    return f"+7 ••• •••-{phone[-4:-2]}-{phone[-2:]}"


def display_snils(snils: str) -> str:
    """«112-233-445 95»; returns anything but eleven digits unchanged."""
    if not re.fullmatch(r"[0-9]{11}", snils):
        return snils
    return f"{snils[:3]}-{snils[3:6]}-{snils[6:9]} {snils[9:]}"


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _digits_of_length(value: str, label: str, lengths: tuple[int, ...]) -> str:
    number = compact(value)
    if not _is_digits(number) or len(number) not in lengths:
        allowed = " или ".join(str(length) for length in lengths)
        raise ValidationError(f"{label} состоит из {allowed} цифр", code="length")
    return number


def _is_valid_ogrn(number: str) -> bool:
    try:
        ogrn.validate(number)
    except InvalidChecksum:
        # The check digit of an ОГРНИП is the last digit of the remainder. The library compares
        # it with the whole remainder (0 to 12).
        return len(number) == 15 and number[-1] == str(int(number[:-1]) % 13)[-1]
    except BadNumber:
        return False
    return True


def _snils_check_digits(base: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(base, range(9, 0, -1), strict=True))
    return f"{total % 101 % 100:02d}"
