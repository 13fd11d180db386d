"""What a pasted number can be, by its length and its check digits."""

from collections.abc import Callable

from django.core.exceptions import ValidationError

from clients.models.formats import ACCOUNT_LENGTH, clean_inn, clean_ogrn, clean_phone, compact
from clients.models.search_text import parse_inn_and_kpp, strip_label

BARCODE_LENGTH = 13
_FORMATS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("ИНН", clean_inn),
    ("ОГРН", clean_ogrn),
    ("телефон", clean_phone),
)


def recognize_number(text: str) -> list[str]:
    """Everything that the number ``text`` can be: «ИНН», «лицевой счет»…; empty for other texts.

    Twelve digits with right check digits can be both the ИНН of a person and an account number.
    """
    if parse_inn_and_kpp(text):
        return ["ИНН и КПП"]
    number = compact(strip_label(text)).removeprefix("+")
    if not (number.isascii() and number.isdigit()):
        return []
    meanings = [name for name, clean in _FORMATS if _is_valid(clean, number)]
    if len(number) == ACCOUNT_LENGTH:
        meanings.append("лицевой счет")
    if len(number) == BARCODE_LENGTH:
        meanings.append("штрих код документа")
    return meanings


def parse_inn(text: str) -> str:
    """The ИНН in ``text``; "" if it is none or its check digits are wrong."""
    pair = parse_inn_and_kpp(text)
    text = pair.inn if pair else strip_label(text)
    return clean_inn(text) if _is_valid(clean_inn, text) else ""


def _is_valid(clean: Callable[[str], str], text: str) -> bool:
    try:
        clean(text)
    except ValidationError:
        return False
    return True
