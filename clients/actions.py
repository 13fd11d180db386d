"""Everything that changes clients, contacts and the links between them.

Each function is one transaction, or part of the caller's, and logs the id of ``actor``.
"""

import logging
from dataclasses import asdict
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from clients.gateways.cdi import Organisation
from clients.models import (
    Client,
    ClientContact,
    Contact,
    ContactDetails,
    ContactVersion,
    DeclinedName,
)
from econtract.platform.common import clock

log = logging.getLogger(__name__)

DUPLICATE_MESSAGE = (
    "Данный контакт уже существует. Пожалуйста укажите другие данные контакта "
    "или привяжите существующего"
)
CHANGED_MESSAGE = "Пока вы редактировали, данные изменили. Сравните и сохраните еще раз"
# A person whose data differs in one of these must be identified again.
IDENTITY_FIELDS = ("surname", "given_name", "patronymic", "phone", "inn", "snils")


def is_same_identity(one: ContactDetails, other: ContactDetails) -> bool:
    """Whether an identification with the details ``one`` holds for the details ``other``."""
    return all(getattr(one, name) == getattr(other, name) for name in IDENTITY_FIELDS)


class DuplicateContact(Exception):
    """The mobile phone belongs to another contact, which the user can link instead.

    It ends the transaction, so it must be caught outside of it.
    """

    def __init__(self, phone: str) -> None:
        super().__init__(DUPLICATE_MESSAGE)
        self.phone = phone

    @property
    def contact(self) -> Contact:
        """The other contact; one query."""
        return Contact.objects.with_current().get(phone=self.phone)


class ContactChanged(Exception):
    """Somebody saved a newer version than the one that the edit is based on."""

    def __init__(self, contact: Contact) -> None:
        super().__init__(CHANGED_MESSAGE)
        self.contact = contact


def find_or_create_client(*, organisation: Organisation, actor: User) -> tuple[Client, bool]:
    """The client with this ИНН and КПП, updated from CDI, and whether it was created."""
    client, created = Client.objects.get_or_create(
        inn=organisation.inn,
        kpp=organisation.kpp,
        kind=organisation.kind,
        defaults=_registration_data(organisation),
    )
    if created:
        _log("client created", actor, client=client.pk)
    else:
        refresh_client(client=client, organisation=organisation, actor=actor)
    return client, created


def refresh_client(*, client: Client, organisation: Organisation, actor: User) -> None:
    """Updates the card from CDI; no query when nothing differs."""
    data = _registration_data(organisation)
    names = [name for name, value in data.items() if getattr(client, name) != value]
    if names:
        for name in names:
            setattr(client, name, data[name])
        client.save(update_fields=[*names, *Client.SEARCH_KEYS])
        _log("client refreshed", actor, client=client.pk)


def save_state(client: Client, state: str) -> None:
    """Keeps the state of a client whose other data do not come from CDI."""
    if client.state != state:
        client.state = state
        client.save(update_fields=["state"])


def _registration_data(organisation: Organisation) -> dict[str, Any]:
    """The fields of a card that come from CDI."""
    return {
        name: value
        for name, value in asdict(organisation).items()
        if name not in {"inn", "kpp", "kind", "city"}
    }


@transaction.atomic
def add_contact(*, client: Client, details: ContactDetails, actor: User) -> Contact:
    """A new contact, linked to ``client``. Raises DuplicateContact when the phone is taken."""
    contact = create_contact(details=details, actor=actor)
    link_contact(client=client, contact=contact, actor=actor)
    return contact


def link_contact(*, client: Client, contact: Contact, actor: User) -> None:
    """Links the two, if they are not linked. Also undoes `unlink_contact`."""
    if not ClientContact.objects.filter(client=client, contact=contact).exists():
        link = ClientContact(client=client, contact=contact)
        ClientContact.objects.bulk_create([link], ignore_conflicts=True)
        _log("contact linked", actor, client=client.pk, contact=contact.pk)


@transaction.atomic
def unlink_contact(*, client: Client, contact: Contact, actor: User) -> bool:
    """«Удалить связь»: the contact itself stays. False when there was no link."""
    deleted, _ = ClientContact.objects.filter(client=client, contact=contact).delete()
    if deleted:
        _log("contact unlinked", actor, client=client.pk, contact=contact.pk)
    return bool(deleted)


@transaction.atomic
def edit_contact(
    *, contact: Contact, details: ContactDetails, actor: User, based_on: int | None = None
) -> ContactVersion:
    """Adds a version with ``details`` and makes it current, unless nothing differs.

    ``based_on`` is the number of the version that the user edited; None skips the check. Raises
    DuplicateContact when another contact has the phone, ContactChanged when ``based_on`` is no
    longer the current version.
    """
    contact = Contact.objects.select_for_update().get(pk=contact.pk)
    current = contact.current_version
    if details == current.details:
        return current
    if based_on is not None and based_on != current.number:
        raise ContactChanged(contact)
    if details.phone != contact.phone:
        _change_phone(contact, details.phone)
    if not is_same_identity(details, current.details):
        contact.identified_at = None
        contact.save(update_fields=["identified_at"])
    version = _add_version(contact, details, current.number + 1, actor)
    _log("contact edited", actor, contact=contact.pk, version=version.number)
    return version


@transaction.atomic
def find_or_create_person(
    *, kind: Client.Kind, inn: str, details: ContactDetails, actor: User
) -> tuple[Client, bool]:
    """The card of a person who signs for themselves, and whether it was created.

    They are their own contact, with ``details``. An existing card is returned as it is. Raises
    DuplicateContact when a contact has the phone already; `find_or_create_person_of` creates the
    card for that contact.
    """
    existing = Client.objects.filter(kind=kind, inn=inn, kpp="").first()
    if existing is not None:
        return existing, False
    contact = create_contact(details=details, actor=actor)
    return find_or_create_person_of(kind=kind, inn=inn, contact=contact, actor=actor)


@transaction.atomic
def find_or_create_person_of(
    *, kind: Client.Kind, inn: str, contact: Contact, actor: User
) -> tuple[Client, bool]:
    """`find_or_create_person` for a person who is a contact already."""
    client, created = Client.objects.get_or_create(
        kind=kind, inn=inn, kpp="", defaults={"short_name": contact.current_version.full_name}
    )
    if created:
        link_contact(client=client, contact=contact, actor=actor)
        _log("client created", actor, client=client.pk)
    return client, created


@transaction.atomic
def edit_person(
    *, client: Client, contact: Contact, details: ContactDetails, actor: User, based_on: int | None
) -> ContactVersion:
    """`edit_contact` for a person who signs for themselves: also renames their card."""
    version = edit_contact(contact=contact, details=details, actor=actor, based_on=based_on)
    if client.short_name != version.full_name:
        client.short_name = version.full_name
        client.save()
    return version


def find_by_phone(phone: str) -> Contact | None:
    """The contact with this mobile phone (stored form), with its current version."""
    return Contact.objects.with_current().filter(phone=phone).first()


def create_contact(*, details: ContactDetails, actor: User) -> Contact:
    """A new contact without clients. Call it in a transaction.

    Raises DuplicateContact when the phone is taken; the transaction cannot go on then.
    """
    try:
        contact = Contact.objects.create(phone=details.phone)
    except IntegrityError:
        raise DuplicateContact(details.phone) from None
    _add_version(contact, details, 1, actor)
    _log("contact created", actor, contact=contact.pk)
    return contact


def _change_phone(contact: Contact, phone: str) -> None:
    contact.phone = phone
    try:
        contact.save(update_fields=["phone"])
    except IntegrityError:
        raise DuplicateContact(phone) from None


def _add_version(
    contact: Contact, details: ContactDetails, number: int, actor: User
) -> ContactVersion:
    version = ContactVersion.objects.create(
        contact=contact, number=number, created_by=actor, **asdict(details)
    )
    contact.current = version
    contact.save(update_fields=["current"])
    return version


def save_declined_name(*, contact: Contact, forms: dict[str, str], actor: User) -> None:
    """Keeps how documents decline the contact's current name; an empty form follows the rules.

    ``forms`` are texts by the fields of `DeclinedName`.
    """
    values = {
        **forms,
        "full_name": contact.current_version.full_name,
        "changed_by": actor,
        "changed_at": clock.now(),
    }
    DeclinedName.objects.update_or_create(contact=contact, defaults=values)
    _log("name declined", actor, contact=contact.pk)


def _log(event: str, actor: User, **ids: int) -> None:
    text = " ".join(f"{name}={pk}" for name, pk in ids.items())
    log.info("%s %s actor=%s", event, text, actor.pk)
