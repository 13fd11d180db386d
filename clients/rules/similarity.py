"""Existing clients and contacts that may be the same as a new one."""

from clients.models import Client, Contact, ContactDetails

MAX_RESULTS = 5


def find_similar_clients(*, inn: str, name: str) -> list[Client]:
    """Clients with the same ИНН or the same name; at most `MAX_RESULTS`."""
    return list(Client.objects.similar_to(inn=inn, name=name)[:MAX_RESULTS])


def find_similar_contacts(details: ContactDetails) -> list[Contact]:
    """Contacts with the same phone, e-mail or full name; at most `MAX_RESULTS`.

    Each has its current version loaded.
    """
    contacts = Contact.objects.similar_to(
        phone=details.phone, email=details.email, full_name=details.full_name
    )
    return list(contacts[:MAX_RESULTS])
