"""The client of «ЮЛ/ИП B2B»: found by type-ahead, shown with the reason when it is of no use."""

import re
from dataclasses import dataclass
from typing import Any

from clients.gateways.cdi import Organisation, cdi
from clients.models import Client
from clients.rules.usability import NOT_FOUND, check_usable, field_message
from clients.screens import presentation
from clients.screens.sections import Section
from econtract.platform.common.errors import OutsideError
from tasks.screens.new_task.cdi_answers import CdiAnswer, CdiOutcome

CHOOSE = "Выберите клиента из списка"
CDI_DOWN = "CDI не отвечает. Введенное сохранено, повторите позже"
BASE_ONLY = "CDI не отвечает: показаны клиенты из базы E-Contract"
KNOWN, NEW = "Клиент есть в базе", "Новая карточка"
FROM_BASE = 10
_VALUE = re.compile(r"([0-9]{10}|[0-9]{12})(?:-([0-9A-Z]{9}))?\Z")

Row = dict[str, Any]


@dataclass(frozen=True)
class Company:
    """The chosen client: its card in our base, what CDI says of it, or both."""

    inn: str
    kpp: str
    card: Client | None
    lookup: CdiAnswer | None

    @property
    def data(self) -> Organisation | Client | None:
        """The newest registration data at hand."""
        organisation = self.lookup.organisation if self.lookup else None
        return organisation or self.card

    @property
    def problem(self) -> str:
        """Why no task can be made with the client, "" when one can."""
        if self.data is None:
            down = self.lookup is None or self.lookup.outcome is CdiOutcome.DOWN
            return CDI_DOWN if down else NOT_FOUND
        reason = check_usable(self.data)
        return field_message(reason) if reason else ""

    @property
    def badge(self) -> presentation.Badge | None:
        return presentation.state_badge(self.data.state) if self.data else None

    @property
    def standing(self) -> str:
        """«Клиент есть в базе» or «Новая карточка»."""
        return KNOWN if self.card else NEW

    @property
    def requisites(self) -> list[Row]:
        """Registration data for the `kv` component."""
        if self.data is None:
            return []
        return [
            {**row, "copyable": False}
            for row in presentation.registration_rows(_as_card(self.data))
        ]


def parse_client_value(value: str) -> tuple[str, str] | None:
    """ИНН and КПП out of what the list's option sends; None for anything else."""
    found = _VALUE.match(value)
    return (found[1], found[2] or "") if found else None


def find_card(section: Section, inn: str, kpp: str) -> Client | None:
    """The client's card in our base."""
    return Client.objects.of_kinds(section.kinds).filter(inn=inn, kpp=kpp).first()


def search_companies(section: Section, query: str) -> tuple[list[Row], str]:
    """The list under the field, CDI's answer first, and what is said when it is short of it."""
    words = ""
    try:
        found = [each for each in cdi().search(query) if each.kind in section.kinds]
    except OutsideError:
        found, words = [], BASE_ONLY
    cards = _cards(section, query, found)
    rows = [_option(each, known=_key(each) in cards) for each in found]
    listed = {_key(each) for each in found}
    rows += [_option(card, known=True) for key, card in cards.items() if key not in listed]
    if not rows:
        words = CDI_DOWN if words else NOT_FOUND
    return rows, words


def _cards(
    section: Section, query: str, found: list[Organisation]
) -> dict[tuple[str, str, str], Client]:
    """Our cards by ИНН, КПП and kind: those that CDI has found, and a few of our own search."""
    base = Client.objects.of_kinds(section.kinds)
    cards = list(base.filter(inn__in={each.inn for each in found}))
    cards += base.search(query)[:FROM_BASE] if query.strip() else []
    return {_key(card): card for card in cards}


def _key(client: Organisation | Client) -> tuple[str, str, str]:
    return client.inn, client.kpp, client.kind


def _option(client: Organisation | Client, *, known: bool) -> Row:
    reason = check_usable(client)
    badge = presentation.state_badge(client.state)
    city = client.city if isinstance(client, Organisation) else ""
    note = ", ".join(filter(None, [f"ИНН {client.inn}", city, "есть в базе" if known else ""]))
    return {
        "value": "-".join(filter(None, [client.inn, client.kpp])),
        "text": client.short_name,
        "note": f"{note}." if reason else note,
        "badge": badge.label,
        "badge_kind": badge.kind,
        "disabled": reason is not None,
        "reason": reason or "",
    }


def _as_card(data: Organisation | Client) -> Client:
    """CDI's data in the shape of a card that is not saved: one way to show both."""
    if isinstance(data, Client):
        return data
    shown = {field.name for field in Client._meta.concrete_fields}
    return Client(**{name: value for name, value in vars(data).items() if name in shown})
