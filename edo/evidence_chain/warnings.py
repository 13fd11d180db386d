"""What a court would ask about: signs of a fraud that a valid chain may still show."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from edo.evidence_chain.chains import ChainRecord, ExportedChain, parse_time
from edo.evidence_chain.kinds import RecordKind

# A number that was bound later than this before the signature is remarkable.
NEW_NUMBER_PERIOD = timedelta(days=3)
# Clocks of several servers may differ by so much.
CLOCK_TOLERANCE = timedelta(minutes=1)


@dataclass(frozen=True)
class ChainWarning:
    """A stable code, and a Russian sentence that names no person."""

    code: str
    text: str


def find_warnings(chain: ExportedChain) -> list[ChainWarning]:
    """The warnings about a chain that `find_problems` accepts; nothing else is needed."""
    return list(_iterate(chain))


def _iterate(chain: ExportedChain) -> Iterator[ChainWarning]:
    signed = chain.find(RecordKind.SIGNED)
    if signed:
        yield from _find_number_warnings(chain, signed[0])
    facts = [record.facts for record in chain.records]
    if any(item.get("is_address_of_staff") is True for item in facts):
        yield ChainWarning(
            "address_of_staff",
            "Клиент действовал с сетевого адреса, с которого работает сотрудник.",
        )
    if any(item.get("is_device_of_staff") is True for item in facts):
        yield ChainWarning(
            "device_of_staff",
            "Клиент действовал с устройства, на котором работает сотрудник.",
        )
    moments = [record.moment for record in chain.records]
    if any(later < earlier - CLOCK_TOLERANCE for earlier, later in pairwise(moments)):
        yield ChainWarning("clock_set_back", "Время записей местами идет назад.")
    if signed and any(
        record.number > signed[0].number for record in chain.find(RecordKind.CONSENT_WITHDRAWN)
    ):
        yield ChainWarning(
            "consent_withdrawn",
            "После подписания клиент отозвал согласие на обработку персональных данных.",
        )


def _find_number_warnings(chain: ExportedChain, signed: ChainRecord) -> Iterator[ChainWarning]:
    bound = _last_time(chain, RecordKind.NUMBER_BOUND, "bound_at")
    identified = _last_time(chain, RecordKind.PERSON_IDENTIFIED, "identified_at")
    if bound and signed.moment - bound < NEW_NUMBER_PERIOD:
        period = f"менее чем за {NEW_NUMBER_PERIOD.days} дня до подписания."
        if chain.find(RecordKind.NUMBER_BOUND)[-1].facts.get("is_replacement") is True:
            text = f"Номер телефона подписанта заменен другим {period}"
            yield ChainWarning("number_was_changed", text)
        else:
            text = f"Номер телефона закреплен за подписантом {period}"
            yield ChainWarning("number_is_new", text)
    if bound and identified and bound > identified:
        yield ChainWarning(
            "number_after_identification",
            "Номер телефона закреплен за подписантом после установления личности.",
        )


def _last_time(chain: ExportedChain, kind: RecordKind, fact: str) -> datetime | None:
    records = chain.find(kind)
    try:
        return parse_time(str(records[-1].facts.get(fact))) if records else None
    except ValueError:
        return None
