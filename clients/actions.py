"""Everything that changes clients, contacts and the links between them.

Each function is one transaction, or a part of the caller's, and wants an ``actor``, whom the
log names by number.
"""

import logging
from dataclasses import asdict, dataclass, fields
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from clients.gateways.cdi import Organisation
from clients.models import Client, ClientContact, Contact, ContactVersion

log = logging.getLogger(__name__)

DUPLICATE_MESSAGE = (
    "Данный контакт уже существует. Пожалуйста укажите другие данные контакта "
    "или привяжите существующего"
)
CHANGED_MESSAGE = "Пока вы редактировали, данные изменили. Сравните и сохраните еще раз"
# A person is identified as the bearer of these; a change of one asks for a new identification.
IDENTITY_FACTS = ("surname", "given_name", "patronymic", "phone", "inn", "snils")


@dataclass(frozen=True, kw_only=True)
class ContactFacts:
    """What is known of a person, checked and in stored form (see `clients.models.values`)."""

    surname: str
    given_name: str
    phone: str
    email: str
    patronymic: str = ""
    position: str = ""
    authority: str = ""
    inn: str = ""
    snils: str = ""

    @classmethod
    def of(cls, version: ContactVersion) -> "ContactFacts":
        """The facts that ``version`` holds."""
        return cls(**{field.name: getattr(version, field.name) for field in fields(cls)})

    @property
    def full_name(self) -> str:
        return " ".join(filter(None, [self.surname, self.given_name, self.patronymic]))


class DuplicateContact(Exception):
    """The mobile phone belongs to another contact, which the message offers to link.

    Whoever catches it does so outside of the transaction that it ends.
    """

    def __init__(self, phone: str) -> None:
        super().__init__(DUPLICATE_MESSAGE)
        self.phone = phone

    @property
    def contact(self) -> Contact:
        """The other contact; one query."""
        return Contact.objects.with_current().get(phone=self.phone)


class ContactChanged(Exception):
    """Someone saved a newer version since the one that the edit began from."""

    def __init__(self, contact: Contact) -> None:
        super().__init__(CHANGED_MESSAGE)
        self.contact = contact


def find_or_create_client(*, organisation: Organisation, actor: User) -> tuple[Client, bool]:
    """The card by ИНН and КПП with CDI's newest data in it, and whether it was made now."""
    client, created = Client.objects.get_or_create(
        inn=organisation.inn,
        kpp=organisation.kpp,
        kind=organisation.kind,
        defaults=_registration_data(organisation),
    )
    if created:
        _note("client created", actor, client=client.pk)
    else:
        refresh_client(client=client, organisation=organisation, actor=actor)
    return client, created


def refresh_client(*, client: Client, organisation: Organisation, actor: User) -> None:
    """CDI's newest data into the card; no query when nothing differs."""
    facts = _registration_data(organisation)
    changed = [name for name, value in facts.items() if getattr(client, name) != value]
    if changed:
        for name in changed:
            setattr(client, name, facts[name])
        client.save(update_fields=[*changed, *Client.SEARCH_KEYS])
        _note("client refreshed", actor, client=client.pk)


def _registration_data(organisation: Organisation) -> dict[str, Any]:
    """The columns of a card that CDI fills."""
    return {
        name: value
        for name, value in asdict(organisation).items()
        if name not in {"inn", "kpp", "kind", "city"}
    }


@transaction.atomic
def add_contact(*, client: Client, facts: ContactFacts, actor: User) -> Contact:
    """A new contact, linked to ``client``. Raises DuplicateContact when the phone is taken."""
    contact = create_contact(facts=facts, actor=actor)
    link_contact(client=client, contact=contact, actor=actor)
    return contact


def link_contact(*, client: Client, contact: Contact, actor: User) -> None:
    """Links the two; a link that is there already stays. Also undoes `unlink_contact`."""
    if not ClientContact.objects.filter(client=client, contact=contact).exists():
        link = ClientContact(client=client, contact=contact)
        ClientContact.objects.bulk_create([link], ignore_conflicts=True)
        _note("contact linked", actor, client=client.pk, contact=contact.pk)


@transaction.atomic
def unlink_contact(*, client: Client, contact: Contact, actor: User) -> bool:
    """«Удалить связь»: the contact itself stays. False when there was no link."""
    deleted, _ = ClientContact.objects.filter(client=client, contact=contact).delete()
    if deleted:
        _note("contact unlinked", actor, client=client.pk, contact=contact.pk)
    return bool(deleted)


@transaction.atomic
def edit_contact(
    *, contact: Contact, facts: ContactFacts, actor: User, based_on: int | None = None
) -> ContactVersion:
    """A new version with ``facts``, made the current one; none when nothing differs.

    Raises DuplicateContact when the phone is another contact's, and ContactChanged when
    ``based_on`` is given and is no longer the current version's number.
    """
    locked = Contact.objects.select_for_update().get(pk=contact.pk)
    current = locked.newest
    if facts == ContactFacts.of(current):
        return current
    if based_on is not None and based_on != current.number:
        raise ContactChanged(locked)
    if facts.phone != locked.phone:
        _take_phone(locked, facts.phone)
    if any(getattr(facts, name) != getattr(current, name) for name in IDENTITY_FACTS):
        locked.identified_at = None
        locked.save(update_fields=["identified_at"])
    version = _add_version(locked, facts, current.number + 1, actor)
    _note("contact edited", actor, contact=locked.pk, version=version.number)
    return version


@transaction.atomic
def find_or_create_person(
    *, kind: Client.Kind, inn: str, facts: ContactFacts, actor: User
) -> tuple[Client, bool]:
    """The card of one who signs in person (самозанятый, агент), with himself as its contact.

    A card that exists is returned as it is, without a look at ``facts``. Raises
    DuplicateContact when the phone belongs to a contact: `find_or_create_person_of` makes the
    card for that very contact.
    """
    existing = Client.objects.filter(kind=kind, inn=inn, kpp="").first()
    if existing is not None:
        return existing, False
    contact = create_contact(facts=facts, actor=actor)
    return find_or_create_person_of(kind=kind, inn=inn, contact=contact, actor=actor)


@transaction.atomic
def find_or_create_person_of(
    *, kind: Client.Kind, inn: str, contact: Contact, actor: User
) -> tuple[Client, bool]:
    """The card of a person whose contact is known already, linked to that contact."""
    client, created = Client.objects.get_or_create(
        kind=kind, inn=inn, kpp="", defaults={"short_name": contact.newest.full_name}
    )
    if created:
        link_contact(client=client, contact=contact, actor=actor)
        _note("client created", actor, client=client.pk)
    return client, created


@transaction.atomic
def edit_person(
    *, client: Client, contact: Contact, facts: ContactFacts, actor: User, based_on: int | None
) -> ContactVersion:
    """`edit_contact` for one who signs in person: the card takes the person's name."""
    version = edit_contact(contact=contact, facts=facts, actor=actor, based_on=based_on)
    if client.short_name != version.full_name:
        client.short_name = version.full_name
        client.save()
    return version


def find_by_phone(phone: str) -> Contact | None:
    """The contact with this mobile phone (stored form), with its current version."""
    return Contact.objects.with_current().filter(phone=phone).first()


def create_contact(*, facts: ContactFacts, actor: User) -> Contact:
    """A new contact with no client yet; call it in a transaction.

    Raises DuplicateContact when the phone is taken: the transaction is over then.
    """
    try:
        contact = Contact.objects.create(phone=facts.phone)
    except IntegrityError:
        raise DuplicateContact(facts.phone) from None
    _add_version(contact, facts, 1, actor)
    _note("contact created", actor, contact=contact.pk)
    return contact


def _take_phone(contact: Contact, phone: str) -> None:
    contact.phone = phone
    try:
        contact.save(update_fields=["phone"])
    except IntegrityError:
        raise DuplicateContact(phone) from None


def _add_version(contact: Contact, facts: ContactFacts, number: int, actor: User) -> ContactVersion:
    version = ContactVersion.objects.create(
        contact=contact, number=number, created_by=actor, **asdict(facts)
    )
    contact.current = version
    contact.save(update_fields=["current"])
    return version


def _note(event: str, actor: User, **numbers: int) -> None:
    known = " ".join(f"{name}={number}" for name, number in numbers.items())
    log.info("%s %s actor=%s", event, known, actor.pk)
