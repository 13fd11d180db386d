"""Existing clients and contacts that may be the same as a new one."""

from clients.models import Client, Contact, ContactDetails
from clients.models.queries import name_key

MAX_RESULTS = 5


def find_similar_clients(*, inn: str, name: str) -> list[Client]:
    """Clients with the same ИНН or the same name; at most `MAX_RESULTS`."""
    return list(Client.objects.similar_to(inn=inn, name=name)[:MAX_RESULTS])


def find_similar_contacts(details: ContactDetails) -> list[Contact]:
    """Contacts with the same phone, e-mail or full name; at most `MAX_RESULTS`.

    Those who are the same person come first. Each has its current version loaded.
    """
    contacts = Contact.objects.similar_to(
        phone=details.phone, email=details.email, full_name=details.full_name
    )
    return list(contacts[:MAX_RESULTS])


def find_same_persons(details: ContactDetails) -> list[Contact]:
    """Contacts with the same name and e-mail and another phone: they must be looked at first."""
    return [
        contact
        for contact in find_similar_contacts(details)
        if contact.phone != details.phone and is_same_person(contact, details)
    ]


def is_same_person(contact: Contact, details: ContactDetails) -> bool:
    """Whether the contact has the same name and the same e-mail.

    One of them alone means little: there are namesakes, and a company has one office@.
    """
    version = contact.current
    if version is None or not details.email or not details.full_name:
        return False
    is_namesake = version.name_key == name_key(details.full_name)
    return is_namesake and version.email == details.email
