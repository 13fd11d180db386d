"""Evidence records of simple signings: written as things happen, exported, personal data erased.

docs/signing.md, «Evidence», says what each record is for.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from econtract.platform.common import clock
from edo.evidence_chain.chains import (
    COMMITMENTS,
    NONCE_BYTES,
    ChainRecord,
    ExportedChain,
    PersonalValue,
    commit,
    format_time,
    hash_record,
)
from edo.evidence_chain.kinds import RecordKind
from edo.models import EvidenceRecord, EvidenceValue, SimpleSigning

Fact = str | int | bool | None | list[Any]
MAX_VALUE_LENGTH = 2000


@dataclass(frozen=True, kw_only=True)
class ClientDevice:
    """Where a request of the client came from. What is unknown is empty.

    `device` names the browser for as long as its cookie lives. The page finds out whether an
    employee has used the same address or the same browser.
    """

    address: str = ""
    browser: str = ""
    languages: str = ""
    screen: str = ""
    time_zone: str = ""
    device: str = ""
    is_address_of_staff: bool = False
    is_device_of_staff: bool = False

    def build_personal(self) -> dict[str, str]:
        """The personal values of a record."""
        values = {
            "address": self.address,
            "browser": self.browser,
            "languages": self.languages,
            "screen": self.screen,
            "time_zone": self.time_zone,
            "device": self.device,
        }
        return {name: value for name, value in values.items() if value}

    def build_facts(self) -> dict[str, Fact]:
        """What a record says in clear: only what is a warning."""
        facts: dict[str, Fact] = {}
        if self.is_address_of_staff:
            facts["is_address_of_staff"] = True
        if self.is_device_of_staff:
            facts["is_device_of_staff"] = True
        return facts


@dataclass(frozen=True, kw_only=True)
class Event:
    """What one record says. ``facts`` name no person; what does is ``personal``."""

    kind: RecordKind
    facts: Mapping[str, Fact] = field(default_factory=dict)
    personal: Mapping[str, str] = field(default_factory=dict)


def append(
    signing: SimpleSigning,
    kind: RecordKind,
    *,
    facts: Mapping[str, Fact] | None = None,
    personal: Mapping[str, str] | None = None,
    device: ClientDevice | None = None,
) -> EvidenceRecord:
    """Append one record to the chain of ``signing``; the rest is as in `append_all`."""
    event = Event(kind=kind, facts=facts or {}, personal=personal or {})
    return append_all(signing, [event], device=device)[0]


def append_all(
    signing: SimpleSigning, events: Iterable[Event], *, device: ClientDevice | None = None
) -> list[EvidenceRecord]:
    """Append a record of each event to the chain of ``signing``, in the caller's transaction.

    The database is asked as often as for one. The signing's
    row stays locked until the transaction ends, so its chain never forks. Of ``personal`` (and
    ``device``) the records have only commitments, the values can be erased. Texts lose NUL and
    lone surrogates, and are cut to 2,000 characters. Raises ValueError for facts without a
    canonical form, TransactionManagementError outside of a transaction.
    """
    _lock(signing)
    rows = EvidenceRecord.objects.filter(signing=signing).order_by("-number")
    number, previous_hash = rows.values_list("number", "hash").first() or (0, "")
    records, values = [], []
    for event in events:
        number += 1
        record, own_values = _build_record(signing, event, device, number, previous_hash)
        records.append(record)
        values += own_values
        previous_hash = record.hash
    EvidenceRecord.objects.bulk_create(records)
    EvidenceValue.objects.bulk_create(values)
    return records


def _build_record(
    signing: SimpleSigning,
    event: Event,
    device: ClientDevice | None,
    number: int,
    previous_hash: str,
) -> tuple[EvidenceRecord, list[EvidenceValue]]:
    record = EvidenceRecord(
        signing=signing,
        number=number,
        at=clock.now(),
        kind=event.kind,
        previous_hash=previous_hash,
    )
    personal = {**event.personal, **(device.build_personal() if device else {})}
    values = [
        EvidenceValue(
            record=record, name=name, value=_clean(value), nonce=secrets.token_hex(NONCE_BYTES)
        )
        for name, value in personal.items()
    ]
    facts: dict[str, Any] = {**event.facts, **(device.build_facts() if device else {})}
    record.facts = {name: _clean(value) for name, value in facts.items()}
    if values:
        record.facts[COMMITMENTS] = {item.name: commit(item.value, item.nonce) for item in values}
    record.hash = hash_record(
        chain=str(signing.pk),
        number=record.number,
        at=format_time(record.at),
        kind=record.kind,
        facts=record.facts,
        previous_hash=record.previous_hash,
    )
    return record, values


def _lock(signing: SimpleSigning) -> None:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A record is appended in a transaction.")
    SimpleSigning.objects.select_for_update().only("pk").get(pk=signing.pk)


def _clean(value: Any) -> Any:
    """Text that every database stores: without NUL, lone surrogates and a flood of characters."""
    if isinstance(value, str):
        text = value.replace("\0", "").encode(errors="ignore").decode()
        return text[:MAX_VALUE_LENGTH]
    if isinstance(value, list):
        return [_clean(item) for item in value]
    return value


def erase_personal_values(signing: SimpleSigning) -> int:
    """Erase the personal values of a signing (152-ФЗ); its chain stays valid.

    Returns how many there were. A package that has been built keeps its own.
    """
    count, _ = EvidenceValue.objects.filter(record__signing=signing).delete()
    return count


def export_chain(signing: SimpleSigning, *, with_values: bool) -> ExportedChain:
    """The chain as a package has it; without values it names no person."""
    rows = EvidenceRecord.objects.filter(signing=signing).order_by("number")
    if with_values:
        rows = rows.prefetch_related("values")
    return ExportedChain(str(signing.pk), _build_records(list(rows), with_values=with_values))


def _build_records(rows: Sequence[EvidenceRecord], *, with_values: bool) -> list[ChainRecord]:
    return [
        ChainRecord(
            chain=str(row.signing_id),
            number=row.number,
            at=format_time(row.at),
            kind=row.kind,
            facts=row.facts,
            previous_hash=row.previous_hash,
            hash=row.hash,
            values={item.name: PersonalValue(item.value, item.nonce) for item in row.values.all()}
            if with_values
            else {},
        )
        for row in rows
    ]
