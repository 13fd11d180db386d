"""The clients' cabinets (ЛК) at the operator (docs/protocols.md, 5)."""

from dataclasses import asdict, dataclass
from typing import Protocol
from uuid import UUID

from econtract.platform.common.gateways import HttpGateway


@dataclass(frozen=True)
class CabinetRequest:
    """The client and the person to create a cabinet for. ``reference`` is the task's number."""

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

    def create(self, request: CabinetRequest, *, idempotency_key: UUID | str) -> str:
        """The cabinet's reference; the same ИНН and phone give the same cabinet.

        Raises Unavailable, or Refused with ``cabinet_exists`` (the phone belongs to the cabinet
        of another client) or ``cabinet_bad_data``.
        """
        ...


class HttpCabinets(HttpGateway):
    """The cabinet service over HTTP."""

    system = "cabinet"

    def create(self, request: CabinetRequest, *, idempotency_key: UUID | str) -> str:
        response = self.http.post(
            "/v1/cabinets", json=asdict(request), idempotency_key=idempotency_key
        )
        with self.parsing():
            return str(response["ref"])


def cabinets() -> Cabinets:
    """The gateway to the system that ``settings.OUTSIDE`` names."""
    return HttpCabinets()
