"""People who may sign: a linked contact, one found by phone, a new one, and whom he resembles."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from django.core.exceptions import ValidationError

from clients.actions import ContactFacts, find_by_phone
from clients.models import Client, Contact
from clients.models.values import clean_phone
from clients.screens import presentation
from clients.similar import similar_contacts

NEW = "new"
ADD_CONTACT = "Добавьте контактное лицо"
NOBODY = "Контакта с таким телефоном нет. Добавьте нового"
LOOK_AT_SIMILAR = "Посмотрите похожие контакты: привяжите существующий или отметьте, что это другой"

Row = dict[str, Any]


@dataclass(frozen=True)
class Resemblance:
    """Who is in the base already: the owner of the phone, or those who look alike."""

    duplicate: Row | None = None
    similar: tuple[Row, ...] = ()


NOBODY_ALIKE = Resemblance()


def linked_contacts(card: Client | None) -> list[Contact]:
    """The contacts of a card, by name; none for a client without one."""
    return list(Contact.objects.linked_to(card)) if card else []


def choice(contact: Contact) -> Row:
    """A contact as the form's list shows it."""
    version = contact.current
    return {
        **presentation.suggestion(contact),
        "position": version.position if version else "",
        "authority": version.authority if version else "",
    }


def resemblance(cleaned: Mapping[str, Any], *, but: str = "") -> Resemblance:
    """Whom a person resembles by what is right so far; ``but``: a phone that does not count.

    ``cleaned`` is the cleaned data of a `clients.screens.forms.PersonalForm`, complete or not.
    """
    facts = known_facts(cleaned)
    if not facts.surname or not facts.given_name:
        facts = ContactFacts(surname="", given_name="", phone=facts.phone, email=facts.email)
    if not (facts.phone or facts.email or facts.full_name):
        return NOBODY_ALIKE
    others = [each for each in similar_contacts(facts) if each.phone != but]
    owner = next((each for each in others if each.phone == facts.phone), None)
    if owner is not None:
        return Resemblance(duplicate=presentation.suggestion(owner))
    return Resemblance(similar=tuple(presentation.suggestions(others)))


def known_facts(cleaned: Mapping[str, Any]) -> ContactFacts:
    """The facts in ``cleaned``, complete or not."""
    return ContactFacts(
        **{field.name: cleaned.get(field.name) or "" for field in fields(ContactFacts)}
    )


def owner_of(typed: str) -> Contact | None:
    """The contact with the phone as it was typed; None for a phone that is none."""
    try:
        return find_by_phone(clean_phone(typed))
    except ValidationError:
        return None


def facts_of(contact: Contact) -> dict[str, str]:
    """What the newest version says, by the names of the form's fields."""
    return asdict(ContactFacts.of(contact.current)) if contact.current else {}
