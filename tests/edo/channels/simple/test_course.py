"""What the protocol tells of a signing: its messages, its devices, and every record in words."""

from typing import Any

from edo.channels.simple.course import describe_records, find_devices, find_messages
from edo.evidence_chain.kinds import RecordKind
from tests.support.evidence_chains import Step, build_chain, signing_steps

SENT = {"message": "m", "channel": "sms", "template": "signing_code", "text": "Код ••••••."}
PHONE = {"address": "203.0.113.7", "browser": "Safari", "screen": "390×844"}


def message(kind: RecordKind, **facts: Any) -> Step:
    return (kind, {"message": "m", "channel": "sms", **facts}, {})


def test_a_message_has_its_text_and_all_that_became_of_it() -> None:
    chain = build_chain(
        [
            (RecordKind.CODE_SENT, SENT, {}),
            message(RecordKind.CODE_FAILED, reason="absent"),
            message(RecordKind.CODE_DELIVERED),
        ]
    )
    [found] = find_messages(chain)
    assert (found.channel, found.text) == ("СМС", "Код ••••••.")
    states = [state for _, state in found.states]
    assert states[0] == "отправлено"
    assert states[1].startswith("не доставлено: Телефон клиента выключен")
    assert states[2] == "доставлено"
    assert [at for at, _ in found.states] == [record.moment for record in chain.records]


def test_a_message_that_the_provider_refused_has_no_text() -> None:
    [found] = find_messages(build_chain([message(RecordKind.CODE_FAILED, reason="bad_address")]))
    assert found.text == ""


def test_devices_are_told_apart_and_have_their_records() -> None:
    other = {**PHONE, "address": "198.51.100.9"}
    page = (RecordKind.PAGE_SHOWN, {"page": 1})
    steps: list[Step] = [
        (RecordKind.LINK_CREATED, {"link": "3"}, {}),
        (*page, PHONE),
        (*page, PHONE),
        (*page, other),
        (*page, PHONE),
    ]
    first, second = find_devices(build_chain(steps))
    assert first.records == "2–3, 5"
    assert second.records == "4"
    assert dict(second.values) == {
        "адрес": "198.51.100.9",
        "браузер": "Safari",
        "экран": "390×844",
    }


def test_every_record_is_told_in_words_without_the_whole_phone() -> None:
    told = describe_records(build_chain(signing_steps()))
    assert [record.number for record in told] == list(range(1, 19))
    assert told[0].details.startswith("Госуслуги, запрос R-1; когда: 24.11.2026 13:00")
    assert "номер +7 ••• •••-67-89" in told[1].details
    assert "попытка 2; код верный" in told[15].details
    assert "+79123456789" not in str(told)
