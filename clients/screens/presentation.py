"""Clients and contacts in words, formatted once and drawn flat by the templates."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery

from clients.actions import ContactFacts
from clients.models import Client, ClientContact, Contact, ContactVersion
from clients.models.values import display_phone, display_snils

STATE_BADGES = {
    Client.State.ACTIVE: "done",
    Client.State.LIQUIDATING: "action",
    Client.State.LIQUIDATED: "error",
    Client.State.BANKRUPT: "error",
}
FACT_LABELS = {
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

Row = dict[str, Any]


@dataclass(frozen=True)
class Badge:
    """The inputs of the component of that name."""

    kind: str
    label: str


@dataclass(frozen=True)
class ContactRow:
    """One contact of a client's card."""

    pk: int
    name: str
    phone: str
    email: str
    position: str
    authority: str
    shared: str


def state_badge(state: str) -> Badge:
    """«Действует» and the rest, as a badge."""
    known = Client.State(state)
    return Badge(STATE_BADGES[known], str(known.label))


def requisites(client: Client) -> list[Row]:
    """What the card says of the client, for the `kv` component."""
    rows = [
        _row("ИНН", client.inn, num=True, copyable=True),
        _row("КПП", client.kpp, num=True),
        _row("ОГРН/ОГРНИП", client.ogrn, num=True, copyable=True),
        _row("Дата регистрации", _day(client.registered_on), num=True),
        _row("Полное наименование", client.full_name),
        _row("Юридический адрес", client.legal_address),
        _row("Руководитель", ", ".join(filter(None, [client.head_name, client.head_position]))),
    ]
    return [row for row in rows if row["value"]]


def personal_details(client: Client, version: ContactVersion) -> list[Row]:
    """What the card says of one who signs in person, for the `kv` component."""
    return [
        _row("ИНН", client.inn, num=True, copyable=True),
        _row("СНИЛС", display_snils(version.snils), num=True),
        _row("Мобильный телефон", display_phone(version.phone), num=True, copyable=True),
        _row("Электронная почта", version.email, copyable=True),
    ]


def contact_rows(contacts: QuerySet[Contact]) -> list[ContactRow]:
    """The contacts with how many other clients each has; one query."""
    links = ClientContact.objects.filter(contact=OuterRef("pk")).order_by().values("contact")
    total = links.annotate(total=Count("pk")).values("total")
    counted = contacts.annotate(links_count=Subquery(total, output_field=IntegerField()))
    return [
        contact_row(contact, contact.current, others=contact.links_count - 1)
        for contact in counted
        if contact.current is not None
    ]


def contact_row(contact: Contact, version: ContactVersion, *, others: int) -> ContactRow:
    """One contact; ``others`` is the number of other clients that it is linked to."""
    return ContactRow(
        pk=contact.pk,
        name=version.full_name,
        phone=display_phone(version.phone),
        email=version.email,
        position=version.position,
        authority=version.authority,
        shared=shared_note(others),
    )


def shared_note(others: int) -> str:
    """«Контакт связан еще с 2 клиентами», "" when there are none."""
    if others < 1:
        return ""
    one = others % 10 == 1 and others % 100 != 11
    return f"Контакт связан еще с {others} {'клиентом' if one else 'клиентами'}"


def differences(old: ContactFacts, new: ContactFacts) -> list[Row]:
    """Fields that differ, for the `diff` component."""
    return [
        {"label": label, "old": _fact(old, name), "new": _fact(new, name)}
        for name, label in FACT_LABELS.items()
        if getattr(old, name) != getattr(new, name)
    ]


def suggestion(contact: Contact) -> Row:
    """An existing contact, as the page offers it for linking."""
    version = contact.current
    return {
        "name": str(contact),
        "phone": contact.phone,
        "shown_phone": display_phone(contact.phone),
        "email": version.email if version else "",
    }


def suggestions(contacts: Iterable[Contact]) -> list[Row]:
    return [suggestion(contact) for contact in contacts]


def _fact(facts: ContactFacts, name: str) -> str:
    value = str(getattr(facts, name))
    show = {"phone": display_phone, "snils": display_snils}.get(name, str)
    return show(value)


def _row(label: str, value: str, *, num: bool = False, copyable: bool = False) -> Row:
    return {"label": label, "value": value, "num": num, "copyable": copyable}


def _day(day: date | None) -> str:
    return f"{day:%d.%m.%Y}" if day else ""
