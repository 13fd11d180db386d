"""The simple signature of a recipient in a package: records, texts, and what people read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from econtract.platform.common.moscow_time import format_timestamp

FOLDER = "evidence/simple"
CHAIN_NAME = f"{FOLDER}/records.json"
KIND = "simple"


@dataclass(frozen=True, kw_only=True)
class AcceptedTextFile:
    """A text as the client accepted it; ``content`` is hashed in the records."""

    title: str
    version: int
    content: bytes


@dataclass(frozen=True, kw_only=True)
class MessageLine:
    """A message for the protocol: its text, and what became of it with times, in their order."""

    channel: str
    text: str
    states: Sequence[tuple[datetime, str]]


@dataclass(frozen=True, kw_only=True)
class DeviceLine:
    """A device for the protocol: (label, value), and the numbers of its records."""

    values: Sequence[tuple[str, str]]
    records: str


@dataclass(frozen=True, kw_only=True)
class RecordLine:
    """One record for the protocol; ``details`` has its facts, personal data masked."""

    number: int
    at: datetime
    text: str
    details: str = ""


@dataclass(frozen=True, kw_only=True)
class SimpleSignaturePart:
    """A simple signature, already checked by the caller.

    ``signing_id`` is the id of the chain. ``chain`` is the file of records with their personal
    values, except for the whole phone number. ``record_number`` is that of the
    record «Документ подписан», ``head`` the hash of the last one. ``time_zone`` is the client's,
    by its IANA name, untrusted; "" when it is unknown. ``warnings`` say in Russian what is
    remarkable about the signing.
    """

    signing_id: str
    chain: bytes
    owner: str
    masked_phone: str
    inn: str
    signed_at: datetime
    record_number: int
    head: str
    identification: str
    texts: Sequence[AcceptedTextFile]
    records: Sequence[RecordLine]
    messages: Sequence[MessageLine] = ()
    devices: Sequence[DeviceLine] = ()
    time_zone: str = ""
    warnings: Sequence[str] = ()

    @property
    def signed_at_label(self) -> str:
        """The time in Moscow, and in the client's own zone where it is another."""
        label = format_timestamp(self.signed_at)
        try:
            local = self.signed_at.astimezone(ZoneInfo(self.time_zone))
        except (ValueError, OSError, KeyError):  # no zone, or a hostile name
            return label
        offset = local.strftime("%z")
        text = f"{local:%d.%m.%Y %H:%M:%S} (GMT{offset[:3]}:{offset[3:]})"
        return label if text == label else f"{label}; у подписавшего {text}"
