"""The course of a signing as the protocol tells it: its records, messages and devices."""

from collections.abc import Callable
from itertools import groupby

from clients.messages.reasons import explain_reason
from clients.models import SentMessage
from econtract.platform.common.moscow_time import format_timestamp
from edo.channels.evidence import DeviceEvidence, MessageEvidence, RecordEvidence
from edo.channels.simple.signer import IdentificationMethod
from edo.evidence_chain.chains import ChainRecord, ExportedChain, parse_time
from edo.evidence_chain.kinds import RecordKind
from edo.models import SigningLink

METHODS: dict[str, str] = {
    IdentificationMethod.GOSUSLUGI: "Госуслуги",
    IdentificationMethod.GOSUSLUGI_DOCUMENTS: (
        "Госуслуги; документы, которые прислал клиент, принял сотрудник"
    ),
}
MESSAGE_STATES = {
    RecordKind.LINK_SENT: "отправлено",
    RecordKind.CODE_SENT: "отправлено",
    RecordKind.LINK_DELIVERED: "доставлено",
    RecordKind.CODE_DELIVERED: "доставлено",
    RecordKind.LINK_FAILED: "не доставлено",
    RecordKind.CODE_FAILED: "не доставлено",
}
# What a device is told by, in the order of the protocol.
DEVICE_VALUES = {
    "address": "адрес",
    "browser": "браузер",
    "languages": "языки",
    "screen": "экран",
    "time_zone": "часовой пояс",
    "device": "метка браузера",
}


def describe_method(record: ChainRecord) -> str:
    """How the person of a «person_identified» record was identified, with the request."""
    method, reference = str(record.facts.get("method")), record.facts.get("reference")
    text = METHODS.get(method, method)
    return f"{text}, запрос {reference}" if reference else text


def describe_records(chain: ExportedChain) -> tuple[RecordEvidence, ...]:
    return tuple(_describe(record) for record in chain.records)


def find_messages(chain: ExportedChain) -> tuple[MessageEvidence, ...]:
    """Every message of the signing in the order of the first record about it."""
    messages: dict[str, list[ChainRecord]] = {}
    for record in chain.find(*MESSAGE_STATES):
        messages.setdefault(str(record.facts.get("message")), []).append(record)
    return tuple(_build_message(records) for records in messages.values())


def find_devices(chain: ExportedChain) -> tuple[DeviceEvidence, ...]:
    """The devices in the order in which they appeared, each with the numbers of its records."""
    numbers: dict[tuple[str, ...], list[int]] = {}
    for record in chain.records:
        values = tuple(record.value(name) for name in DEVICE_VALUES)
        if any(values):
            numbers.setdefault(values, []).append(record.number)
    return tuple(
        DeviceEvidence(
            values=tuple(
                (label, value)
                for label, value in zip(DEVICE_VALUES.values(), values, strict=True)
                if value
            ),
            records=_join_numbers(found),
        )
        for values, found in numbers.items()
    )


def _build_message(records: list[ChainRecord]) -> MessageEvidence:
    channels = dict(SentMessage.Channel.choices)
    texts = [str(record.facts["text"]) for record in records if record.facts.get("text")]
    channel = str(records[0].facts.get("channel"))
    return MessageEvidence(
        channel=str(channels.get(channel, channel)),
        text=texts[0] if texts else "",
        states=tuple((record.moment, _describe_state(record)) for record in records),
    )


def _describe_state(record: ChainRecord) -> str:
    state = MESSAGE_STATES[RecordKind(record.kind)]
    reason = record.facts.get("reason")
    return f"{state}: {explain_reason(str(reason)).text}" if reason else state


def _describe(record: ChainRecord) -> RecordEvidence:
    kind = RecordKind(record.kind)
    parts = [
        text
        for name, describe in _FACTS.items()
        if record.facts.get(name) not in (None, "") and (text := describe(record))
    ]
    # The only personal value that is neither the person nor the device: those have their places.
    if reason := record.value("reason"):
        parts.append(f"причина: {reason}")
    return RecordEvidence(
        number=record.number, at=record.moment, text=kind.label, details="; ".join(parts)
    )


def _tell(label: str, name: str) -> Callable[[ChainRecord], str]:
    return lambda record: f"{label} {record.facts[name]}"


def _tell_time(label: str, name: str) -> Callable[[ChainRecord], str]:
    return lambda record: f"{label} {format_timestamp(parse_time(str(record.facts[name])))}"


def _describe_end(record: ChainRecord) -> str:
    end = str(record.facts["end"])
    return str(dict(SigningLink.End.choices).get(end, end)).lower()


_FACTS: dict[str, Callable[[ChainRecord], str]] = {
    "method": describe_method,
    "identified_at": _tell_time("когда:", "identified_at"),
    "confirmed_by": _tell("сотрудник №", "confirmed_by"),
    "phone_masked": _tell("номер", "phone_masked"),
    "bound_at": _tell_time("с", "bound_at"),
    "by_user": _tell("указал сотрудник №", "by_user"),
    "is_replacement": lambda record: (
        "вместо другого номера" if record.facts["is_replacement"] is True else ""
    ),
    "end": _describe_end,
    "page": _tell("страница", "page"),
    "is_measured": lambda record: (
        "" if record.facts["is_measured"] is True else "браузер без скрипта, прокрутка не измерена"
    ),
    "version": _tell("версия", "version"),
    "accepted_at": _tell_time("принято раньше:", "accepted_at"),
    "attempt": _tell("попытка", "attempt"),
    "is_right": lambda record: "код верный" if record.facts["is_right"] is True else "код неверный",
    "reason": lambda record: explain_reason(str(record.facts["reason"])).text,
    "is_address_of_staff": lambda record: "с сетевого адреса сотрудника",
    "is_device_of_staff": lambda record: "с устройства сотрудника",
    "copy_sha256": _tell("SHA-256", "copy_sha256"),
}


def _join_numbers(numbers: list[int]) -> str:
    """«7–9, 12» of 7, 8, 9 and 12."""
    groups = groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])
    spans = [[number for _, number in group] for _, group in groups]
    return ", ".join(str(span[0]) if len(span) == 1 else f"{span[0]}–{span[-1]}" for span in spans)
