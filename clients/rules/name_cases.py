"""Full names in the cases of Russian. A contact keeps the forms that somebody has corrected."""

import re
from functools import lru_cache
from typing import Any

from petrovich.enums import Case, Gender
from petrovich.main import Petrovich

from clients.models import Contact, DeclinedName

# The attributes of `DeclinedName`.
CASES = {
    "genitive": Case.GENITIVE,
    "dative": Case.DATIVE,
    "instrumental": Case.INSTRUMENTAL,
}
_CYRILLIC = re.compile(r"[А-Яа-яЁё-]+(?: [А-Яа-яЁё-]+)*")
_FEMALE_ENDING = re.compile(r"(?i)(?:вна|чна|шна|кызы|гызы)$")
_MALE_ENDING = re.compile(r"(?i)(?:ич|оглы|улы)$")
_FEMALE_SURNAME = re.compile(r"(?i)(?:ова|ева|ёва|ина|ына|ая)$")
_MALE_NAMES = frozenset(
    ("данила", "илья", "кузьма", "лука", "никита", "савва", "фома", "гаврила", "мустафа")
)


def decline_name(surname: str, given_name: str, patronymic: str, case: str) -> str:
    """The full name in ``case``, a key of `CASES`. Names in other letters stay as they are."""
    gender = _guess_gender(surname, given_name, patronymic)
    rules = _petrovich()
    inflections = (
        (rules.lastname, surname),
        (rules.firstname, given_name),
        (rules.middlename, patronymic),
    )
    words = [
        inflect(name, CASES[case], gender) if _CYRILLIC.fullmatch(name) else name
        for inflect, name in inflections
        if name
    ]
    return " ".join(words)


def decline_contact(contact: Contact, case: str) -> str:
    """The current full name in ``case``: as somebody has corrected it, else by the rules."""
    version = contact.current_version
    corrected = DeclinedName.objects.filter(contact=contact, full_name=version.full_name).first()
    if corrected is not None and (text := str(getattr(corrected, case))):
        return text
    return decline_name(version.surname, version.given_name, version.patronymic, case)


def _guess_gender(surname: str, given_name: str, patronymic: str) -> Any:
    if _FEMALE_ENDING.search(patronymic):
        return Gender.FEMALE
    if _MALE_ENDING.search(patronymic):
        return Gender.MALE
    name = given_name.lower()
    is_female = bool(_FEMALE_SURNAME.search(surname)) or name.endswith(("а", "я"))
    return Gender.FEMALE if is_female and name not in _MALE_NAMES else Gender.MALE


@lru_cache
def _petrovich() -> Petrovich:
    return Petrovich()
