"""Records that are chained by hash, and what is wrong with a chain that somebody has changed."""

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from edo.evidence_chain.canonical import digest

FORMAT = "e-contract-evidence-chain/1"
COMMITMENTS = "commitments"
NONCE_BYTES = 32
_NONCE = re.compile(rf"[0-9a-f]{{{2 * NONCE_BYTES}}}")


class ChainUnreadable(ValueError):
    """The file is not a chain of records. The text says why, in Russian."""


@dataclass(frozen=True)
class PersonalValue:
    """A personal value and the random ``nonce`` (hexadecimal) that its commitment was made with."""

    value: str
    nonce: str


@dataclass(frozen=True, kw_only=True)
class ChainRecord:
    """One event. `facts` has no personal value in clear, only its commitment under COMMITMENTS.

    `at` is ISO 8601 in UTC to the microsecond. `values` are the personal values that have not been
    erased; the hash does not cover them, the commitments do.
    """

    chain: str
    number: int
    at: str
    kind: str
    facts: Mapping[str, Any]
    previous_hash: str
    hash: str
    values: Mapping[str, PersonalValue] = field(default_factory=dict)

    @property
    def moment(self) -> datetime:
        """`at` as an aware datetime. Raises ValueError for what `find_problems` refuses."""
        return parse_time(self.at)

    def value(self, name: str) -> str:
        """The personal value ``name``; empty when there is none or it has been erased."""
        return self.values[name].value if name in self.values else ""


@dataclass(frozen=True)
class ExportedChain:
    """All records of one signing. `id` is that of the signing."""

    id: str
    records: Sequence[ChainRecord]

    @property
    def head(self) -> str:
        """The hash of the last record: it covers all of them."""
        return self.records[-1].hash if self.records else ""

    def find(self, *kinds: str) -> list[ChainRecord]:
        """The records of these kinds, in their order."""
        return [record for record in self.records if record.kind in kinds]

    def without_value(self, name: str) -> "ExportedChain":
        """The chain without the personal value ``name``: only the commitments to it are left."""
        records = [
            replace(record, values={key: v for key, v in record.values.items() if key != name})
            for record in self.records
        ]
        return replace(self, records=records)

    def to_json(self) -> bytes:
        """The chain as the file of a package; `parse_chain` reads it."""
        content = {
            "format": FORMAT,
            "chain": self.id,
            "records": [
                {
                    "record": _hashed_part(record),
                    "hash": record.hash,
                    "values": {
                        name: {"value": item.value, "nonce": item.nonce}
                        for name, item in record.values.items()
                    },
                }
                for record in self.records
            ],
        }
        return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def format_time(moment: datetime) -> str:
    """An aware datetime as records have it: UTC with six digits of a second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_time(text: str) -> datetime:
    """The datetime of an ISO 8601 text with a zone. Raises ValueError for any other text."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("The time has no zone.")
    return moment


def commit(value: str, nonce: str) -> str:
    """The commitment to ``value``: SHA-256 of the nonce's bytes and the value's UTF-8."""
    return hashlib.sha256(bytes.fromhex(nonce) + value.encode()).hexdigest()


def hash_record(
    *, chain: str, number: int, at: str, kind: str, facts: Mapping[str, Any], previous_hash: str
) -> str:
    """The hash of a record: of everything in it and, by ``previous_hash``, of all before it."""
    return digest(
        {
            "chain": chain,
            "number": number,
            "at": at,
            "kind": kind,
            "facts": facts,
            "previous_hash": previous_hash,
        }
    )


def find_problems(chain: ExportedChain) -> list[str]:
    """Why the records are not those that were written, in Russian; empty when they are.

    Whether records are missing at the end, only a head that was kept elsewhere can tell: that of
    the manifest of a package, or of an anchor.
    """
    problems = []
    previous_hash = ""
    for number, record in enumerate(chain.records, start=1):
        if (record.number, record.previous_hash) != (number, previous_hash):
            problems.append(
                f"Запись {number}: она не продолжает предыдущую. Записи удалены, вставлены или "
                "переставлены."
            )
        if record.chain != chain.id:
            problems.append(f"Запись {number}: она из другого подписания.")
        problems += [f"Запись {number}: {text}" for text in _find_record_problems(record)]
        previous_hash = record.hash
    if not chain.records:
        problems.append("В цепочке нет ни одной записи.")
    return problems


def _find_record_problems(record: ChainRecord) -> Iterable[str]:
    try:
        is_right = hmac.compare_digest(hash_record(**_hashed_part(record)), record.hash)
        _ = record.moment
    except ValueError:
        is_right = False
    if not is_right:
        yield "содержание не соответствует ее хешу. Запись изменена."
    commitments = record.facts.get(COMMITMENTS, {})
    for name, item in record.values.items():
        commitment = commitments.get(name) if isinstance(commitments, dict) else None
        if not _is_committed(item, commitment):
            yield f"значение «{name}» не то, что было записано."


def _is_committed(item: PersonalValue, commitment: object) -> bool:
    # Only one spelling of the nonce: `bytes.fromhex` knows several.
    if not _NONCE.fullmatch(item.nonce):
        return False
    try:
        return commit(item.value, item.nonce) == commitment
    except ValueError:  # a lone surrogate
        return False


def _hashed_part(record: ChainRecord) -> dict[str, Any]:
    return {
        "chain": record.chain,
        "number": record.number,
        "at": record.at,
        "kind": record.kind,
        "facts": record.facts,
        "previous_hash": record.previous_hash,
    }


def parse_chain(content: bytes) -> ExportedChain:
    """The chain of a file; `find_problems` says whether it is true.

    Raises ChainUnreadable for a file that is no chain at all.
    """
    try:
        data = json.loads(content)
        if data["format"] != FORMAT:
            raise ChainUnreadable("Записи о подписании другого формата.")
        records = [_parse_record(item) for item in data["records"]]
        return ExportedChain(_text(data["chain"]), records)
    except ChainUnreadable:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ChainUnreadable("Файл с записями о подписании поврежден.") from error


def _parse_record(item: dict[str, Any]) -> ChainRecord:
    record = item["record"]
    if set(record) != {"chain", "number", "at", "kind", "facts", "previous_hash"}:
        raise ChainUnreadable("В записи о подписании не те поля.")
    if type(record["number"]) is not int or not isinstance(record["facts"], dict):
        raise ChainUnreadable("В записи о подписании не те поля.")
    return ChainRecord(
        chain=_text(record["chain"]),
        number=record["number"],
        at=_text(record["at"]),
        kind=_text(record["kind"]),
        facts=record["facts"],
        previous_hash=_text(record["previous_hash"]),
        hash=_text(item["hash"]),
        values={
            name: PersonalValue(_text(value["value"]), _text(value["nonce"]))
            for name, value in item["values"].items()
        },
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ChainUnreadable("В записи о подписании не те поля.")
    return value
