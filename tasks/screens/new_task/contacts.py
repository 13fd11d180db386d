"""The contact who signs: a linked one, one found by phone, or a new one; and similar contacts."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from django.core.exceptions import ValidationError

from clients.actions import find_by_phone
from clients.models import Contact, ContactDetails
from clients.models.formats import clean_phone
from clients.rules.similarity import find_similar_contacts, is_same_person
from clients.screens import presentation

# The value of the field «contact» while a new contact is typed in; otherwise it is a phone.
NEW_CONTACT = "new"
ADD_CONTACT = "Добавьте контактное лицо"
CONTACT_NOT_FOUND = "Контакта с таким телефоном нет. Добавьте нового"
CHOOSE_CONTACT = "Выберите контактное лицо или добавьте новое"
REVIEW_SAME = "Такой контакт уже есть: привяжите его или отметьте, что это другой человек"
# More contacts than these are a list to choose from instead of radio buttons.
MAX_RADIO_BUTTONS = 4

Row = dict[str, Any]


@dataclass(frozen=True)
class ContactMatches:
    """Existing contacts like the one in the form.

    ``duplicate`` has the same phone. Without one, ``same`` have the same name and e-mail, and
    ``similar`` only one of the two: a namesake, or somebody with the same office@.
    """

    duplicate: Row | None = None
    same: tuple[Row, ...] = ()
    similar: tuple[Row, ...] = ()


NO_MATCHES = ContactMatches()


def build_choice(contact: Contact) -> Row:
    """A contact as a radio button of the form."""
    version = contact.current
    return {
        **presentation.contact_option(contact),
        "position": version.position if version else "",
        "authority": version.authority if version else "",
    }


def find_matches(cleaned_data: Mapping[str, Any], *, exclude_phone: str = "") -> ContactMatches:
    """The contacts that match the valid fields of a `clients.screens.forms.PersonalForm`.

    ``exclude_phone`` is the phone of a contact who does not count as a match.
    """
    details = _parse_details(cleaned_data)
    if not details.surname or not details.given_name:
        # A name is compared only when both parts are known.
        details = ContactDetails(
            surname="", given_name="", phone=details.phone, email=details.email
        )
    if not (details.phone or details.email or details.full_name):
        return NO_MATCHES
    contacts = [
        contact for contact in find_similar_contacts(details) if contact.phone != exclude_phone
    ]
    duplicate = next((contact for contact in contacts if contact.phone == details.phone), None)
    if duplicate is not None:
        return ContactMatches(duplicate=presentation.contact_option(duplicate))
    same = [contact for contact in contacts if is_same_person(contact, details)]
    similar = [contact for contact in contacts if contact not in same]
    return ContactMatches(
        same=tuple(presentation.contact_options(same)),
        similar=tuple(presentation.contact_options(similar)),
    )


def find_contact(phone: str) -> Contact | None:
    """The contact with ``phone`` in any notation; None when there is none or it is not a phone."""
    try:
        return find_by_phone(clean_phone(phone))
    except ValidationError:
        return None


def current_field_values(contact: Contact) -> dict[str, str]:
    """The current version's details, by the names of the form's fields."""
    return asdict(contact.current.details) if contact.current else {}


def _parse_details(cleaned_data: Mapping[str, Any]) -> ContactDetails:
    return ContactDetails(
        **{field.name: cleaned_data.get(field.name) or "" for field in fields(ContactDetails)}
    )
