"""Clients and contacts as the templates show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery

from clients.models import Client, ClientContact, Contact, ContactDetails, ContactVersion
from clients.models.formats import display_phone, display_snils
from clients.rules.usability import RegistrationData, find_recent_age
from econtract.platform.common.formatting import pluralize

STATE_BADGES = {
    Client.State.ACTIVE: "done",
    Client.State.LIQUIDATING: "action",
    Client.State.LIQUIDATED: "error",
    Client.State.BANKRUPT: "error",
}
DETAIL_LABELS = {
    "surname": "Фамилия",
    "given_name": "Имя",
    "patronymic": "Отчество",
    "phone": "Мобильный телефон",
    "email": "Электронная почта",
    "position": "Должность",
    "authority": "Основание подписания",
    "inn": "ИНН",
    "snils": "СНИЛС",
}

KeyValueRow = dict[str, Any]


@dataclass(frozen=True)
class Badge:
    """The inputs of the `badge` component."""

    kind: str
    label: str


@dataclass(frozen=True)
class ContactRow:
    """A contact on a client's card. ``other_clients`` says how many others have it."""

    pk: int
    name: str
    phone: str
    email: str
    position: str
    authority: str
    other_clients: str


def state_badge(client: RegistrationData) -> Badge:
    """The badge of the client's state; a client who is too young for a task shows the age."""
    age = find_recent_age(client)
    if client.state == Client.State.ACTIVE and age is not None:
        return Badge("system", _describe_age(max(age.days, 0)))
    state = Client.State(client.state)
    return Badge(STATE_BADGES[state], str(state.label))


def _describe_age(days: int) -> str:
    if days == 0:
        return "Зарегистрирован сегодня"
    return f"Зарегистрирован {days} {pluralize(days, 'день', 'дня', 'дней')} назад"


def registration_rows(client: Client) -> list[KeyValueRow]:
    """A client's registration data, for the `kv` component."""
    rows = [
        _row("ИНН", client.inn, num=True, copyable=True),
        _row("КПП", client.kpp, num=True),
        _row("ОГРН/ОГРНИП", client.ogrn, num=True, copyable=True),
        _row("Дата регистрации", _format_day(client.registered_on), num=True),
        _row("Полное наименование", client.full_name),
        _row("Юридический адрес", client.legal_address),
        _row("Руководитель", ", ".join(filter(None, [client.head_name, client.head_position]))),
    ]
    return [row for row in rows if row["value"]]


def person_rows(client: Client, version: ContactVersion) -> list[KeyValueRow]:
    """The data of a client who signs for themselves, for the `kv` component."""
    return [
        _row("ИНН", client.inn, num=True, copyable=True),
        _row("СНИЛС", display_snils(version.snils), num=True),
        _row("Мобильный телефон", display_phone(version.phone), num=True, copyable=True),
        _row("Электронная почта", version.email, copyable=True),
    ]


def contact_rows(contacts: QuerySet[Contact]) -> list[ContactRow]:
    """Rows of the contacts, with the numbers of their clients; one query."""
    links = ClientContact.objects.filter(contact=OuterRef("pk")).order_by().values("contact")
    count = links.annotate(total=Count("pk")).values("total")
    contacts = contacts.annotate(links_count=Subquery(count, output_field=IntegerField()))
    return [
        contact_row(contact, contact.current, others=contact.links_count - 1)
        for contact in contacts
        if contact.current is not None
    ]


def contact_row(contact: Contact, version: ContactVersion, *, others: int) -> ContactRow:
    """The row of a contact; ``others`` is the number of other clients that it is linked to."""
    return ContactRow(
        pk=contact.pk,
        name=version.full_name,
        phone=display_phone(version.phone),
        email=version.email,
        position=version.position,
        authority=version.authority,
        other_clients=describe_other_clients(others),
    )


def describe_other_clients(count: int) -> str:
    """«Контакт связан еще с 2 клиентами»; "" without other clients."""
    if count < 1:
        return ""
    is_singular = count % 10 == 1 and count % 100 != 11
    return f"Контакт связан еще с {count} {'клиентом' if is_singular else 'клиентами'}"


def compare_details(old: ContactDetails, new: ContactDetails) -> list[KeyValueRow]:
    """The fields that differ, for the `diff` component."""
    return [
        {"label": label, "old": _display(old, name), "new": _display(new, name)}
        for name, label in DETAIL_LABELS.items()
        if getattr(old, name) != getattr(new, name)
    ]


def contact_option(contact: Contact) -> KeyValueRow:
    """An existing contact that can be linked instead of creating a new one."""
    version = contact.current
    return {
        "name": str(contact),
        "phone": contact.phone,
        "display_phone": display_phone(contact.phone),
        "email": version.email if version else "",
    }


def contact_options(contacts: Iterable[Contact]) -> list[KeyValueRow]:
    return [contact_option(contact) for contact in contacts]


def _display(details: ContactDetails, name: str) -> str:
    display = {"phone": display_phone, "snils": display_snils}.get(name, str)
    return display(str(getattr(details, name)))


def _row(label: str, value: str, *, num: bool = False, copyable: bool = False) -> KeyValueRow:
    return {"label": label, "value": value, "num": num, "copyable": copyable}


def _format_day(day: date | None) -> str:
    return f"{day:%d.%m.%Y}" if day else ""
