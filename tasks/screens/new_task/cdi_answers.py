"""CDI's answer about one client. The draft stores it, so that CDI is asked only once."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Self

from clients.gateways.cdi import Organisation, cdi
from clients.models import Client
from econtract.platform.common.errors import OutsideError


class CdiOutcome(StrEnum):
    """How the request ended. Drafts store these values."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    DOWN = "down"


@dataclass(frozen=True)
class CdiAnswer:
    """The answer for one pair of ИНН and КПП. ``organisation`` is set when it was found."""

    inn: str
    kpp: str
    outcome: CdiOutcome
    organisation: Organisation | None = None

    @property
    def is_down(self) -> bool:
        return self.outcome is CdiOutcome.DOWN

    def is_about(self, inn: str, kpp: str) -> bool:
        return (self.inn, self.kpp) == (inn, kpp)

    def to_json(self) -> dict[str, Any]:
        """The value of `Draft.organisation`."""
        data = asdict(self)
        if self.organisation and self.organisation.registered_on:
            data["organisation"]["registered_on"] = self.organisation.registered_on.isoformat()
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any] | None) -> Self | None:
        """The inverse of `to_json`; None for an empty column."""
        if not data:
            return None
        organisation = data["organisation"]
        return cls(
            data["inn"],
            data["kpp"],
            CdiOutcome(data["outcome"]),
            _parse_organisation(organisation) if organisation else None,
        )


def query_cdi(inn: str, kpp: str, kinds: Collection[str]) -> CdiAnswer:
    """Ask CDI about a client of ``kinds``; another kind counts as not found. Never raises."""
    try:
        organisation = cdi().get(inn, kpp)
    except OutsideError:
        return CdiAnswer(inn, kpp, CdiOutcome.DOWN)
    if organisation is None or organisation.kind not in kinds:
        return CdiAnswer(inn, kpp, CdiOutcome.NOT_FOUND)
    return CdiAnswer(inn, kpp, CdiOutcome.FOUND, organisation)


def _parse_organisation(data: dict[str, Any]) -> Organisation:
    registered_on = data["registered_on"]
    return Organisation(
        **{
            **data,
            "kind": Client.Kind(data["kind"]),
            "state": Client.State(data["state"]),
            "registered_on": date.fromisoformat(registered_on) if registered_on else None,
        }
    )
