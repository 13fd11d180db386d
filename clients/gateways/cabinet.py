"""The operator's cabinets (ЛК) for clients (docs/protocols.md, 5)."""

from dataclasses import asdict, dataclass
from typing import Protocol
from uuid import UUID

from clients.gateways.answers import as_agreed
from econtract.platform.common.http import OutsideHttp

SYSTEM = "cabinet"


@dataclass(frozen=True)
class CabinetOrder:
    """Whose cabinet to make, and for whom."""

    reference: str
    inn: str
    kpp: str
    name: str
    phone: str
    email: str
    surname: str
    given_name: str
    patronymic: str


class Cabinets(Protocol):
    """The cabinet service."""

    def create(self, order: CabinetOrder, *, idempotency_key: UUID | str) -> str:
        """The cabinet's reference; the same ИНН and phone give the same cabinet.

        Raises Unavailable, or Refused with ``cabinet_exists`` (the phone serves another
        client) or ``cabinet_bad_data``.
        """
        ...


class HttpCabinets:
    """The cabinet service over HTTP."""

    def __init__(self) -> None:
        self.http = OutsideHttp(SYSTEM)

    def create(self, order: CabinetOrder, *, idempotency_key: UUID | str) -> str:
        answer = self.http.post("/v1/cabinets", json=asdict(order), idempotency_key=idempotency_key)
        with as_agreed(SYSTEM):
            return str(answer["ref"])


def cabinets() -> Cabinets:
    """The service that ``settings.OUTSIDE`` names."""
    return HttpCabinets()
