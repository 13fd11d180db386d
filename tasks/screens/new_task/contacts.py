"""People who may sign: a linked contact, one found by phone, a new one, and whom he resembles."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from django.core.exceptions import ValidationError

from clients.actions import find_by_phone
from clients.models import Client, Contact, ContactDetails
from clients.models.formats import clean_phone
from clients.rules.similarity import find_similar_contacts
from clients.screens import presentation

NEW = "new"
ADD_CONTACT = "Добавьте контактное лицо"
CONTACT_NOT_FOUND = "Контакта с таким телефоном нет. Добавьте нового"
REVIEW_SIMILAR = "Посмотрите похожие контакты: привяжите существующий или отметьте, что это другой"

Row = dict[str, Any]


@dataclass(frozen=True)
class ContactMatches:
    """Who is in the base already: the owner of the phone, or those who look alike."""

    duplicate: Row | None = None
    similar: tuple[Row, ...] = ()


NO_MATCHES = ContactMatches()


def list_linked_contacts(card: Client | None) -> list[Contact]:
    """The contacts of a card, by name; none for a client without one."""
    return list(Contact.objects.of_client(card)) if card else []


def build_choice(contact: Contact) -> Row:
    """A contact as the form's list shows it."""
    version = contact.current
    return {
        **presentation.contact_option(contact),
        "position": version.position if version else "",
        "authority": version.authority if version else "",
    }


def find_matches(cleaned: Mapping[str, Any], *, but: str = "") -> ContactMatches:
    """Whom a person resembles by what is right so far; ``but``: a phone that does not count.

    ``cleaned`` is the cleaned data of a `clients.screens.forms.PersonalForm`, complete or not.
    """
    details = parse_details(cleaned)
    if not details.surname or not details.given_name:
        details = ContactDetails(
            surname="", given_name="", phone=details.phone, email=details.email
        )
    if not (details.phone or details.email or details.full_name):
        return NO_MATCHES
    others = [each for each in find_similar_contacts(details) if each.phone != but]
    owner = next((each for each in others if each.phone == details.phone), None)
    if owner is not None:
        return ContactMatches(duplicate=presentation.contact_option(owner))
    return ContactMatches(similar=tuple(presentation.contact_options(others)))


def parse_details(cleaned: Mapping[str, Any]) -> ContactDetails:
    """The details in ``cleaned``, complete or not."""
    return ContactDetails(
        **{field.name: cleaned.get(field.name) or "" for field in fields(ContactDetails)}
    )


def find_contact(typed: str) -> Contact | None:
    """The contact with the phone as it was typed; None for a phone that is none."""
    try:
        return find_by_phone(clean_phone(typed))
    except ValidationError:
        return None


def field_values_of(contact: Contact) -> dict[str, str]:
    """What the newest version says, by the names of the form's fields."""
    return asdict(contact.current.details) if contact.current else {}
