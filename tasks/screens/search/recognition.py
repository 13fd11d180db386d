"""What a pasted number can be, told by its length and its check digits."""

from collections.abc import Callable

from django.core.exceptions import ValidationError

from clients.models.formats import ACCOUNT_LENGTH, clean_inn, clean_ogrn, clean_phone, compact

BARCODE_LENGTH = 13
_CHECKED: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("ИНН", clean_inn),
    ("ОГРН", clean_ogrn),
    ("телефон", clean_phone),
)


def meanings_of(text: str) -> list[str]:
    """Everything that ``text`` may be as a number: «ИНН», «лицевой счет»…; empty for words.

    Twelve digits whose check digits fit may be the ИНН of a person and an account number both.
    """
    number = compact(text).removeprefix("+")
    if not (number.isascii() and number.isdigit()):
        return []
    found = [name for name, clean in _CHECKED if _passes(clean, number)]
    if len(number) == ACCOUNT_LENGTH:
        found.append("лицевой счет")
    if len(number) == BARCODE_LENGTH:
        found.append("штрих код документа")
    return found


def inn_in(text: str) -> str:
    """``text`` as an ИНН whose check digits fit; "" when it is none."""
    return clean_inn(text) if _passes(clean_inn, text) else ""


def _passes(clean: Callable[[str], str], text: str) -> bool:
    try:
        clean(text)
    except ValidationError:
        return False
    return True
