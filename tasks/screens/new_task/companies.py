"""The client of «ЮЛ/ИП B2B»: searched for while the user types, and shown when chosen."""

import re
from dataclasses import dataclass
from typing import Any

from clients.gateways.cdi import Organisation, cdi
from clients.models import Client, Contact
from clients.models.formats import compact
from clients.rules.usability import NOT_FOUND, check_usable, field_message
from clients.screens import presentation
from clients.screens.sections import Section
from econtract.platform.common.errors import OutsideError
from tasks.screens.common.requests import parse_key
from tasks.screens.new_task.cdi_answers import CdiAnswer
from tasks.screens.new_task.field_values import FieldValues

CHOOSE_CLIENT = "Выберите клиента из списка"
CDI_DOWN = "CDI не отвечает. Введенное сохранено, повторите позже"
ONLY_OWN_CLIENTS = "CDI не отвечает: показаны клиенты из базы E-Contract"
EXISTING_CARD, NEW_CARD = "Клиент есть в базе", "Новая карточка"
MAX_OWN_CLIENTS = 10
CLIENT_VALUE_PATTERN = re.compile(r"([0-9]{10}|[0-9]{12})(?:-([0-9A-Z]{9}))?\Z")

Row = dict[str, Any]


@dataclass(frozen=True)
class Company:
    """The chosen client: its card in our database, CDI's answer about it, or both."""

    inn: str
    kpp: str
    card: Client | None
    cdi_answer: CdiAnswer | None

    @property
    def registration(self) -> Organisation | Client | None:
        """The newest registration data: CDI's, else those of the card."""
        organisation = self.cdi_answer.organisation if self.cdi_answer else None
        return organisation or self.card

    @property
    def problem(self) -> str:
        """Why no task can be created with the client; "" if one can."""
        if self.registration is None:
            is_unknown = self.cdi_answer is None or self.cdi_answer.is_down
            return CDI_DOWN if is_unknown else NOT_FOUND
        reason = check_usable(self.registration)
        return field_message(reason) if reason else ""

    @property
    def badge(self) -> presentation.Badge | None:
        return presentation.state_badge(self.registration) if self.registration else None

    @property
    def card_label(self) -> str:
        """«Клиент есть в базе» or «Новая карточка»."""
        return EXISTING_CARD if self.card else NEW_CARD

    @property
    def registration_rows(self) -> list[Row]:
        """For the `kv` component."""
        if self.registration is None:
            return []
        client = _as_unsaved_client(self.registration)
        return [{**row, "copyable": False} for row in presentation.registration_rows(client)]


def parse_client_value(value: str) -> tuple[str, str] | None:
    """ИНН and КПП from the value of an option («ИНН» or «ИНН-КПП»); None if malformed."""
    match = CLIENT_VALUE_PATTERN.match(value)
    return (match[1], match[2] or "") if match else None


def find_card(section: Section, inn: str, kpp: str) -> Client | None:
    """The client's card in our database."""
    return Client.objects.of_kinds(section.kinds).filter(inn=inn, kpp=kpp).first()


def find_linked_contact(section: Section, client_value: str, contact: str) -> FieldValues:
    """The field value for the contact with the key ``contact``, if the client has such a one."""
    identity, pk = parse_client_value(client_value), parse_key(contact)
    card = find_card(section, *identity) if identity else None
    if card is None or pk is None:
        return {}
    found = Contact.objects.of_client(card).filter(pk=pk).first()
    return {"contact": [found.phone]} if found else {}


def search_companies(section: Section, query: str) -> tuple[list[Row], str]:
    """The options under the client field, CDI's first, and a message; "" when CDI answered."""
    try:
        organisations = [row for row in cdi().search(query) if row.kind in section.kinds]
        is_cdi_down = False
    except OutsideError:
        organisations, is_cdi_down = [], True
    cards = _find_cards(section, query, organisations)
    number = compact(query)
    options = [_build_option(row, number, has_card=_key(row) in cards) for row in organisations]
    cdi_keys = {_key(row) for row in organisations}
    options += [
        _build_option(card, number, has_card=True)
        for key, card in cards.items()
        if key not in cdi_keys
    ]
    if not options:
        return [], CDI_DOWN if is_cdi_down else NOT_FOUND
    return options, ONLY_OWN_CLIENTS if is_cdi_down else ""


def _find_cards(
    section: Section, query: str, organisations: list[Organisation]
) -> dict[tuple[str, str, str], Client]:
    """Our cards by ИНН, КПП and kind: those of ``organisations``, and a few matches of our own."""
    clients = Client.objects.of_kinds(section.kinds)
    cards = list(clients.filter(inn__in={organisation.inn for organisation in organisations}))
    if query.strip():
        cards += clients.search(query)[:MAX_OWN_CLIENTS]
    return {_key(card): card for card in cards}


def _key(client: Organisation | Client) -> tuple[str, str, str]:
    return client.inn, client.kpp, client.kind


def _build_option(client: Organisation | Client, number: str, *, has_card: bool) -> Row:
    """An option. A complete ИНН or ОГРН, ``number``, leaves nothing to choose."""
    reason = check_usable(client)
    badge = presentation.state_badge(client)
    city = client.city if isinstance(client, Organisation) else ""
    parts = [f"ИНН {client.inn}", city, "есть в базе" if has_card else ""]
    note = ", ".join(filter(None, parts))
    return {
        "value": "-".join(filter(None, [client.inn, client.kpp])),
        "text": client.short_name,
        "note": f"{note}." if reason else note,
        "badge": badge.label,
        "badge_kind": badge.kind,
        "disabled": reason is not None,
        "is_exact": bool(number) and number in {client.inn, client.ogrn},
        "reason": reason or "",
    }


def _as_unsaved_client(data: Organisation | Client) -> Client:
    """CDI's data as an unsaved card, so that both are shown in the same way."""
    if isinstance(data, Client):
        return data
    columns = {field.name for field in Client._meta.concrete_fields}
    return Client(**{name: value for name, value in vars(data).items() if name in columns})
