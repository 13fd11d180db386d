"""CDI, the operator's registry of organisations (docs/protocols.md, 2).

An organisation appears there fourteen days after its registration. Calls are made while a page
waits, so they give up after ``settings.OUTSIDE_PAGE_SECONDS``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django.conf import settings

from clients.answers import as_agreed
from clients.models import Client
from econtract.common.errors import Refused
from econtract.common.http import OutsideHttp

SYSTEM = "cdi"
SHORTEST_QUERY = 2


@dataclass(frozen=True)
class Organisation:
    """Registration data of one organisation or person, as CDI holds it."""

    kind: Client.Kind
    inn: str
    kpp: str
    ogrn: str
    short_name: str
    full_name: str
    registered_on: date | None
    legal_address: str
    city: str
    head_name: str
    head_position: str
    state: Client.State


class Cdi(Protocol):
    """The registry; both calls raise Unavailable, or Refused when it takes no such question."""

    def search(self, query: str, *, limit: int = 20) -> list[Organisation]:
        """Best first: any part of the name, ИНН or ОГРН. Nothing for one letter."""
        ...

    def get(self, inn: str, kpp: str = "") -> Organisation | None:
        """The organisation, the head office when ``kpp`` is empty; None: not in CDI."""
        ...


class HttpCdi:
    """CDI over HTTP."""

    def __init__(self) -> None:
        self.http = OutsideHttp(SYSTEM)

    def search(self, query: str, *, limit: int = 20) -> list[Organisation]:
        if len(query.strip()) < SHORTEST_QUERY:
            return []
        answer = self.http.get(
            "/v1/organisations",
            params={"q": query.strip(), "limit": limit},
            timeout=settings.OUTSIDE_PAGE_SECONDS,
        )
        with as_agreed(SYSTEM):
            return [_organisation(item) for item in answer["items"]]

    def get(self, inn: str, kpp: str = "") -> Organisation | None:
        try:
            answer = self.http.get(
                "/v1/organisations/{inn}",
                args={"inn": inn},
                params={"kpp": kpp or None},
                timeout=settings.OUTSIDE_PAGE_SECONDS,
            )
        except Refused as error:
            if error.code == "not_found":
                return None
            raise
        with as_agreed(SYSTEM):
            return _organisation(answer)


def cdi() -> Cdi:
    """The registry that ``settings.OUTSIDE`` names."""
    return HttpCdi()


def _organisation(item: Mapping[str, Any]) -> Organisation:
    registered_on = item["registered_on"]
    return Organisation(
        kind=Client.Kind(item["kind"]),
        inn=str(item["inn"]),
        kpp=str(item["kpp"] or ""),
        ogrn=str(item["ogrn"] or ""),
        short_name=str(item["short_name"]),
        full_name=str(item["full_name"] or ""),
        registered_on=date.fromisoformat(registered_on) if registered_on else None,
        legal_address=str(item["legal_address"] or ""),
        city=str(item["city"] or ""),
        head_name=str(item["head_name"] or ""),
        head_position=str(item["head_position"] or ""),
        state=Client.State(item["state"]),
    )
