"""Evidence records of simple signings: written as things happen, exported, personal data erased.

docs/signing.md, «Evidence», says what each record is for.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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


def append(
    signing: SimpleSigning,
    kind: RecordKind,
    *,
    facts: Mapping[str, Fact] | None = None,
    personal: Mapping[str, str] | None = None,
    device: ClientDevice | None = None,
) -> EvidenceRecord:
    """Append a record to the chain of ``signing``, in the caller's transaction.

    The signing's row stays locked until the transaction ends, so its chain never forks. ``facts``
    name no person; what does is ``personal`` (and ``device``): the record has only commitments to
    it, the values can be erased. Texts lose NUL and lone surrogates, and are cut to 2,000
    characters. Raises ValueError for facts without a canonical form, TransactionManagementError
    outside of a transaction.
    """
    _lock(signing)
    last = EvidenceRecord.objects.filter(signing=signing).order_by("-number").first()
    values = {**(personal or {}), **(device.build_personal() if device else {})}
    items = [
        EvidenceValue(name=name, value=_clean(value), nonce=secrets.token_hex(NONCE_BYTES))
        for name, value in values.items()
    ]
    record_facts: dict[str, Any] = {**(facts or {}), **(device.build_facts() if device else {})}
    record_facts = {name: _clean(value) for name, value in record_facts.items()}
    if items:
        record_facts[COMMITMENTS] = {item.name: commit(item.value, item.nonce) for item in items}
    record = EvidenceRecord(
        signing=signing,
        number=last.number + 1 if last else 1,
        at=clock.now(),
        kind=kind,
        facts=record_facts,
        previous_hash=last.hash if last else "",
    )
    record.hash = hash_record(
        chain=str(signing.pk),
        number=record.number,
        at=format_time(record.at),
        kind=record.kind,
        facts=record.facts,
        previous_hash=record.previous_hash,
    )
    record.save(force_insert=True)
    for item in items:
        item.record = record
    EvidenceValue.objects.bulk_create(items)
    return record


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
