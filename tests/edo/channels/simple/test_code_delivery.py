"""The chain has what became of every SMS with a code, whatever happens to its reports."""

import itertools
from collections.abc import Sequence

import pytest

from clients.messages import reports
from clients.models import SentMessage
from econtract.platform.common import clock
from econtract.platform.common.errors import Unavailable
from econtract.platform.outbox import inbound
from econtract.platform.outbox.registry import IncomingEvent
from edo import records
from edo.channels.simple import codes, links
from edo.evidence_chain.chains import ChainRecord
from edo.evidence_chain.kinds import RecordKind
from edo.models import SigningCode, SigningLink, SimpleSigning
from edo.records import ClientDevice
from tasks.models import SigningTask
from tests.support.fake_messages import FakeProvider, connect_provider
from tests.support.signing.simple_signings import create_signing_task, signing_of

DEVICE = ClientDevice(address="203.0.113.7")
MESSAGE_KINDS = (RecordKind.CODE_SENT, RecordKind.CODE_DELIVERED, RecordKind.CODE_FAILED)
SENT, DELIVERED, FAILED = MESSAGE_KINDS


@pytest.fixture
def provider(db: None, monkeypatch: pytest.MonkeyPatch) -> FakeProvider:
    return connect_provider(monkeypatch)


@pytest.fixture
def task(provider: FakeProvider) -> SigningTask:
    return create_signing_task()


@pytest.fixture
def link(task: SigningTask) -> SigningLink:
    links.create_link(signing_of(task))
    return SigningLink.objects.get()


def report(provider: FakeProvider, states: Sequence[tuple[str, str]]) -> None:
    """The provider reports each (state, reason) of the last message, twice."""
    message = SentMessage.objects.latest("pk")
    provider.events_to_come = [
        IncomingEvent(
            f"{message.key}-{state}-{repeat}",
            {"key": str(message.key), "ref": "p", "state": state, "reason": reason},
        )
        for state, reason in states
        for repeat in range(2)
    ]
    [feed] = reports.iter_feeds()
    inbound.poll(feed)


def messages_of(task: SigningTask) -> list[ChainRecord]:
    chain = records.export_chain(signing_of(task), with_values=True)
    return chain.find(*MESSAGE_KINDS)


def kinds_of(task: SigningTask) -> list[str]:
    return [record.kind for record in messages_of(task)]


@pytest.mark.parametrize("order", list(itertools.permutations([("sent", ""), ("delivered", "")])))
def test_the_delivery_of_a_code_is_recorded_once(
    provider: FakeProvider,
    task: SigningTask,
    link: SigningLink,
    order: Sequence[tuple[str, str]],
) -> None:
    codes.request_code(link, DEVICE)
    report(provider, order)
    assert kinds_of(task) == [SENT, DELIVERED]
    sent, delivered = messages_of(task)
    assert delivered.facts["message"] == sent.facts["message"]
    assert delivered.facts["code"] == str(SigningCode.objects.get().pk)


def test_the_record_has_the_text_without_the_digits(
    provider: FakeProvider, task: SigningTask, link: SigningLink
) -> None:
    codes.request_code(link, DEVICE)
    [text] = provider.sent[SentMessage.objects.get().key]
    [sent] = messages_of(task)
    assert sent.facts["text"] == f"Код ••••••{text[len('Код 123456') :]}"


def test_a_failure_is_recorded_with_its_reason_and_a_later_delivery_besides(
    provider: FakeProvider, task: SigningTask, link: SigningLink
) -> None:
    codes.request_code(link, DEVICE)
    report(provider, [("failed", "absent")])
    assert kinds_of(task) == [SENT, FAILED]
    assert messages_of(task)[-1].facts["reason"] == "absent"
    assert signing_of(task).reason.startswith("Код не доставлен. Телефон клиента выключен")
    report(provider, [("delivered", ""), ("sent", "")])
    assert kinds_of(task) == [SENT, FAILED, DELIVERED]
    assert signing_of(task).reason == ""


def test_a_report_may_be_faster_than_the_answer(
    provider: FakeProvider, task: SigningTask, link: SigningLink
) -> None:
    provider.lost_answers = 1
    with pytest.raises(Unavailable):
        codes.request_code(link, DEVICE)
    assert kinds_of(task) == []
    report(provider, [("delivered", "")])
    assert kinds_of(task) == [SENT, DELIVERED]


def test_a_lost_report_is_asked_for(
    provider: FakeProvider, task: SigningTask, link: SigningLink
) -> None:
    codes.request_code(link, DEVICE)
    SentMessage.objects.update(state_at=clock.now() - 2 * reports.MAX_SILENCE)
    provider.state = "delivered"
    reports.ask_about_silent_messages()
    reports.ask_about_silent_messages()
    assert kinds_of(task) == [SENT, DELIVERED]


def test_every_message_with_the_same_code_has_its_own_records(
    provider: FakeProvider, task: SigningTask, link: SigningLink
) -> None:
    codes.request_code(link, DEVICE)
    first = SentMessage.objects.get()
    SigningCode.objects.update(sent_at=clock.now() - 2 * codes.LIFETIME)
    codes.request_code(link, DEVICE)
    report(provider, [("delivered", "")])
    reports.record_state(first, SentMessage.State.FAILED, reason="absent")
    assert kinds_of(task) == [SENT, SENT, DELIVERED, FAILED]
    assert messages_of(task)[-1].facts["message"] == str(first.key)
    assert SigningCode.objects.count() == 1


def test_a_code_that_the_provider_refuses_was_not_sent(
    provider: FakeProvider, task: SigningTask, link: SigningLink
) -> None:
    provider.refusal = "template_not_approved"
    status = codes.request_code(link, DEVICE)
    assert status.problem
    assert kinds_of(task) == [FAILED]


def test_a_report_after_the_end_leaves_the_reason_of_the_end(
    provider: FakeProvider, task: SigningTask, link: SigningLink
) -> None:
    codes.request_code(link, DEVICE)
    SimpleSigning.objects.update(state=SimpleSigning.State.REFUSED, reason="Дорого")
    report(provider, [("failed", "absent")])
    assert kinds_of(task) == [SENT, FAILED]
    assert signing_of(task).reason == "Дорого"
