"""CDI, the operator's registry of organisations (docs/protocols.md, 2).

An organisation appears there fourteen days after its registration. Calls are made while a page
waits, so they give up after ``settings.OUTSIDE_PAGE_SECONDS``.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django.conf import settings

from clients.gateways.answers import BROKEN, as_agreed
from clients.models import Client
from clients.models.values import clean_inn, clean_kpp, clean_ogrn
from econtract.platform.common.errors import Refused
from econtract.platform.common.http import OutsideHttp

log = logging.getLogger(__name__)

SYSTEM = "cdi"
SHORTEST_QUERY = 2
LONGEST = {field.name: field.max_length for field in Client._meta.fields}


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
            return list(_readable(answer["items"]))

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


def _readable(items: Iterable[Mapping[str, Any]]) -> Iterator[Organisation]:
    """Those that are as agreed: one malformed record must not hide the others."""
    for item in items:
        try:
            yield _organisation(item)
        except BROKEN as error:
            log.warning("cdi record skipped error=%s", type(error).__name__)


def _organisation(item: Mapping[str, Any]) -> Organisation:
    """Raises one of BROKEN. Numbers are checked; names are cut to what a card holds."""
    registered_on = item["registered_on"]
    kpp, ogrn = str(item["kpp"] or ""), str(item["ogrn"] or "")
    return Organisation(
        kind=Client.Kind(item["kind"]),
        inn=clean_inn(str(item["inn"])),
        kpp=clean_kpp(kpp) if kpp else "",
        ogrn=clean_ogrn(ogrn) if ogrn else "",
        short_name=_name(item, "short_name", required=True),
        full_name=_name(item, "full_name"),
        registered_on=date.fromisoformat(registered_on) if registered_on else None,
        legal_address=_name(item, "legal_address"),
        city=str(item["city"] or ""),
        head_name=_name(item, "head_name"),
        head_position=_name(item, "head_position"),
        state=Client.State(item["state"]),
    )


def _name(item: Mapping[str, Any], field: str, *, required: bool = False) -> str:
    text = str(item[field] or "").strip()
    if required and not text:
        raise ValueError(f"no {field}")
    return text[: LONGEST[field]]
