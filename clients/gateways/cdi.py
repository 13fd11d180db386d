"""CDI: the operator's registry of organisations (docs/protocols.md, 2).

An organisation appears there fourteen days after its registration. A page waits for each call, so
the timeout is short: ``settings.OUTSIDE_PAGE_SECONDS``.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django.conf import settings

from clients.models import Client
from clients.models.formats import clean_inn, clean_kpp, clean_ogrn
from econtract.platform.common.errors import Refused
from econtract.platform.common.gateways import PARSING_ERRORS, HttpGateway

log = logging.getLogger(__name__)

MIN_QUERY_LENGTH = 2
MAX_LENGTHS = {field.name: field.max_length for field in Client._meta.fields}


@dataclass(frozen=True)
class Organisation:
    """Registration data of an organisation or a person, as CDI has it."""

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
    """The registry. Both methods raise Unavailable, or Refused for a malformed query."""

    def search(self, query: str, *, limit: int = 20) -> list[Organisation]:
        """Organisations by any part of the name, ИНН or ОГРН, best matches first.

        Returns nothing for a query of one letter.
        """
        ...

    def get(self, inn: str, kpp: str = "") -> Organisation | None:
        """The organisation, without ``kpp`` its head office; None if CDI has none."""
        ...


class HttpCdi(HttpGateway):
    """CDI over HTTP."""

    system = "cdi"

    def search(self, query: str, *, limit: int = 20) -> list[Organisation]:
        if len(query.strip()) < MIN_QUERY_LENGTH:
            return []
        response = self.http.get(
            "/v1/organisations",
            params={"q": query.strip(), "limit": limit},
            timeout=settings.OUTSIDE_PAGE_SECONDS,
        )
        with self.parsing():
            return list(_parse_valid(response["items"]))

    def get(self, inn: str, kpp: str = "") -> Organisation | None:
        try:
            response = self.http.get(
                "/v1/organisations/{inn}",
                args={"inn": inn},
                params={"kpp": kpp or None},
                timeout=settings.OUTSIDE_PAGE_SECONDS,
            )
        except Refused as error:
            if error.code == "not_found":
                return None
            raise
        with self.parsing():
            return _parse_organisation(response)


def cdi() -> Cdi:
    """The gateway to the system that ``settings.OUTSIDE`` names."""
    return HttpCdi()


def _parse_valid(items: Iterable[Mapping[str, Any]]) -> Iterator[Organisation]:
    """Skips malformed records: one of them must not hide the others."""
    for item in items:
        try:
            yield _parse_organisation(item)
        except PARSING_ERRORS as error:
            log.warning("cdi record skipped error=%s", type(error).__name__)


def _parse_organisation(item: Mapping[str, Any]) -> Organisation:
    """Checks numbers, and cuts names to the columns of `Client`. Raises one of PARSING_ERRORS."""
    registered_on = item["registered_on"]
    kpp, ogrn = str(item["kpp"] or ""), str(item["ogrn"] or "")
    return Organisation(
        kind=Client.Kind(item["kind"]),
        inn=clean_inn(str(item["inn"])),
        kpp=clean_kpp(kpp) if kpp else "",
        ogrn=clean_ogrn(ogrn) if ogrn else "",
        short_name=_parse_text(item, "short_name", required=True),
        full_name=_parse_text(item, "full_name"),
        registered_on=date.fromisoformat(registered_on) if registered_on else None,
        legal_address=_parse_text(item, "legal_address"),
        city=str(item["city"] or ""),
        head_name=_parse_text(item, "head_name"),
        head_position=_parse_text(item, "head_position"),
        state=Client.State(item["state"]),
    )


def _parse_text(item: Mapping[str, Any], name: str, *, required: bool = False) -> str:
    text = str(item[name] or "").strip()
    if required and not text:
        raise ValueError(f"no {name}")
    return text[: MAX_LENGTHS[name]]
