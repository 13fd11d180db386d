"""What CDI said of one client, kept with the draft so that it is asked once and not at each key."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Self

from clients.gateways.cdi import Organisation, cdi
from clients.models import Client
from econtract.platform.common.errors import OutsideError


class CdiOutcome(StrEnum):
    """How the question ended."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    DOWN = "down"


@dataclass(frozen=True)
class CdiAnswer:
    """One answer about ИНН and КПП; ``organisation`` when it was found."""

    inn: str
    kpp: str
    outcome: CdiOutcome
    organisation: Organisation | None = None

    @property
    def answered(self) -> bool:
        return self.outcome is not CdiOutcome.DOWN

    def is_about(self, inn: str, kpp: str) -> bool:
        return (self.inn, self.kpp) == (inn, kpp)

    def to_json(self) -> dict[str, Any]:
        """For `Draft.organisation`."""
        stored = asdict(self)
        if self.organisation and self.organisation.registered_on:
            day = self.organisation.registered_on.isoformat()
            stored["organisation"]["registered_on"] = day
        return stored

    @classmethod
    def from_json(cls, stored: dict[str, Any] | None) -> Self | None:
        """What `to_json` made; None for an empty column."""
        if not stored:
            return None
        organisation = stored["organisation"]
        return cls(
            stored["inn"],
            stored["kpp"],
            CdiOutcome(stored["outcome"]),
            _organisation(organisation) if organisation else None,
        )


def query_cdi(inn: str, kpp: str, kinds: Collection[str]) -> CdiAnswer:
    """Asks CDI. One of another kind counts as not found; no answer is an outcome, no error."""
    try:
        found = cdi().get(inn, kpp)
    except OutsideError:
        return CdiAnswer(inn, kpp, CdiOutcome.DOWN)
    if found is None or found.kind not in kinds:
        return CdiAnswer(inn, kpp, CdiOutcome.NOT_FOUND)
    return CdiAnswer(inn, kpp, CdiOutcome.FOUND, found)


def _organisation(stored: dict[str, Any]) -> Organisation:
    day = stored["registered_on"]
    return Organisation(
        **{
            **stored,
            "kind": Client.Kind(stored["kind"]),
            "state": Client.State(stored["state"]),
            "registered_on": date.fromisoformat(day) if day else None,
        }
    )
