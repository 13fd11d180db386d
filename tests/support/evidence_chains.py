"""Chains of evidence records that no database holds: a whole signing, step by step."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from edo.evidence_chain.chains import (
    COMMITMENTS,
    ChainRecord,
    ExportedChain,
    PersonalValue,
    commit,
    format_time,
    hash_record,
)
from edo.evidence_chain.kinds import RecordKind

CHAIN_ID = "11111111-2222-4333-8444-555555555555"
DOCUMENT = hashlib.sha256(b"document").hexdigest()
AGREEMENT = hashlib.sha256("Соглашение".encode()).hexdigest()
CONSENT = hashlib.sha256("Согласие".encode()).hexdigest()
START = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)

Step = tuple[RecordKind, dict[str, Any], dict[str, str]]


def signing_steps(
    document_sha256: str = DOCUMENT,
    agreement: str = AGREEMENT,
    consent: str = CONSENT,
    *,
    start: datetime = START,
) -> list[Step]:
    """The (kind, facts, personal values) of a usual signing, in order."""
    device = {"address": "203.0.113.7", "browser": "Mobile Safari", "time_zone": "Asia/Omsk"}
    person = {"name": "Петров Петр Петрович", "phone": "+79123456789"}
    masked = {"phone_masked": "+7 ••• •••-67-89"}
    before = (start - timedelta(days=3)).isoformat()
    expires = (start + timedelta(hours=1)).isoformat()
    agreement_facts = {"text_sha256": agreement, "version": 1}
    consent_facts = {"text_sha256": consent, "version": 2}
    code = {"code": "7", "link": "3"}
    return [
        (
            RecordKind.PERSON_IDENTIFIED,
            {"identified_at": before, "method": "gosuslugi", "reference": "R-1", **masked},
            person,
        ),
        (
            RecordKind.NUMBER_BOUND,
            {"bound_at": before, "by_role": "employee", "by_user": 5, **masked},
            {"phone": person["phone"]},
        ),
        (RecordKind.DOCUMENT_SENT_TO_SIGN, {"document_sha256": document_sha256}, {}),
        (RecordKind.LINK_CREATED, {"link": "3"}, {}),
        (RecordKind.LINK_SENT, {"message": "m1", "template": "signing_link"}, {}),
        (RecordKind.LINK_DELIVERED, {"message": "m1"}, {}),
        (RecordKind.LINK_OPENED, {"link": "3"}, device),
        (RecordKind.PAGE_SHOWN, {"page": 1}, device),
        (RecordKind.AGREEMENT_SHOWN, agreement_facts, {}),
        (RecordKind.CONSENT_SHOWN, consent_facts, {}),
        (RecordKind.AGREEMENT_ACCEPTED, agreement_facts, device),
        (RecordKind.CONSENT_ACCEPTED, consent_facts, device),
        (
            RecordKind.CODE_CREATED,
            {**code, "document_sha256": document_sha256, "expires_at": expires},
            device,
        ),
        (RecordKind.CODE_SENT, {"message": "m2", "template": "signing_code"}, {}),
        (RecordKind.CODE_CHECKED, {"code": "7", "attempt": 1, "is_right": False}, device),
        (RecordKind.CODE_CHECKED, {"code": "7", "attempt": 2, "is_right": True}, device),
        (RecordKind.SIGNED, {"code": "7", "document_sha256": document_sha256}, device),
        (RecordKind.LINK_ENDED, {"link": "3", "end": "used"}, {}),
    ]


def build_chain(
    steps: Iterable[Step], *, chain_id: str = CHAIN_ID, start: datetime = START
) -> ExportedChain:
    """A valid chain of these steps, ten seconds apart."""
    records: list[ChainRecord] = []
    for number, (kind, facts, personal) in enumerate(steps, start=1):
        values = {
            name: PersonalValue(value, hashlib.sha256(f"{number}{name}".encode()).hexdigest())
            for name, value in personal.items()
        }
        records.append(
            link_record(
                records[-1].hash if records else "",
                chain_id=chain_id,
                number=number,
                at=format_time(start + timedelta(seconds=10 * number)),
                kind=kind,
                facts=facts,
                values=values,
            )
        )
    return ExportedChain(chain_id, records)


def link_record(
    previous_hash: str,
    *,
    chain_id: str,
    number: int,
    at: str,
    kind: str,
    facts: Mapping[str, Any],
    values: Mapping[str, PersonalValue],
) -> ChainRecord:
    commitments = {name: commit(item.value, item.nonce) for name, item in values.items()}
    record = ChainRecord(
        chain=chain_id,
        number=number,
        at=at,
        kind=kind,
        facts={**facts, COMMITMENTS: commitments} if commitments else dict(facts),
        previous_hash=previous_hash,
        hash="",
        values=values,
    )
    own_hash = hash_record(
        chain=record.chain,
        number=record.number,
        at=record.at,
        kind=record.kind,
        facts=record.facts,
        previous_hash=record.previous_hash,
    )
    return replace(record, hash=own_hash)


def erase_values(chain: ExportedChain) -> ExportedChain:
    return replace(chain, records=[replace(record, values={}) for record in chain.records])
