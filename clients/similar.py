"""Who is in the base already and resembles what is about to be added."""

from clients.actions import ContactFacts
from clients.models import Client, Contact

ENOUGH = 5


def similar_clients(*, inn: str, name: str) -> list[Client]:
    """Cards with the same ИНН or the same name (case, ё and legal form aside); a few."""
    return list(Client.objects.like(inn=inn, name=name)[:ENOUGH])


def similar_contacts(facts: ContactFacts) -> list[Contact]:
    """Contacts with the same phone, e-mail or full name, newest version at hand; a few."""
    found = Contact.objects.like(phone=facts.phone, email=facts.email, full_name=facts.full_name)
    return list(found[:ENOUGH])
