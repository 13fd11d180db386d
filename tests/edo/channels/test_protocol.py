"""What every signing channel promises (`edo.channels.protocol`), with each of them."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from econtract.platform.common import clock, http
from econtract.platform.common.errors import Unavailable
from econtract.platform.common.http import OutsideHttp
from edo.channels.evidence import SigningSide
from edo.channels.protocol import (
    AlreadySigned,
    SessionState,
    SigningChannel,
    SigningRefused,
)
from edo.channels.summaries import SignatureStatus
from tests.support.signing.channel_worlds import (
    ChannelWorld,
    OperatorChannelWorld,
    SimpleChannelWorld,
)
from tests.support.signing.operator_world import DOCUMENT, OperatorWorld, document_for
from tests.support.signing.pki import PDF

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[OperatorChannelWorld, SimpleChannelWorld], ids=["operator", "sms"])
def one(
    request: pytest.FixtureRequest,
    world: OperatorWorld,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> ChannelWorld:
    """One channel with its client. Messages leave at any hour."""
    settings.MESSAGES_FROM_HOUR, settings.MESSAGES_TO_HOUR = 0, 24
    monkeypatch.setattr(http, "RETRY_DELAYS_SECONDS", (0.0, 0.0))
    build: Callable[[OperatorWorld], ChannelWorld] = request.param
    return build(world)


@pytest.fixture
def channel(one: ChannelWorld) -> SigningChannel:
    """A channel with a session that has not been sent."""
    channel = one.channel()
    channel.open(DOCUMENT, operation_id=uuid.uuid4())
    return channel


def state_of(channel: SigningChannel) -> SessionState:
    assert channel.session is not None
    return channel.session.state


def reopen(one: ChannelWorld, channel: SigningChannel) -> SigningChannel:
    """The channel as another process sees it."""
    assert channel.session is not None
    return one.channel(channel.session.id)


def test_without_a_session_nothing_can_be_sent_or_is_revoked(one: ChannelWorld) -> None:
    channel = one.channel()
    assert channel.session is None
    assert not channel.is_session_for(DOCUMENT)
    channel.revoke()
    for call in (lambda: channel.send(PDF), channel.follow, channel.collect_evidence):
        with pytest.raises(ValueError, match="Open a session"):
            call()
    assert channel.summarize().signatures == ()


def test_an_operation_has_one_session(one: ChannelWorld) -> None:
    operation_id, channel = uuid.uuid4(), one.channel()
    session = channel.open(DOCUMENT, operation_id=operation_id)
    assert (session.state, session.is_sent, session.is_live) == (SessionState.SENDING, False, True)
    channel.send(PDF)
    again = one.channel().open(DOCUMENT, operation_id=operation_id)
    assert (again.id, again.is_sent) == (session.id, True)
    assert one.channel().open(DOCUMENT, operation_id=uuid.uuid4()).id != session.id


def test_a_session_is_for_one_document_and_sender(
    one: ChannelWorld, channel: SigningChannel, world: OperatorWorld
) -> None:
    assert channel.session is not None
    assert channel.is_session_for(DOCUMENT)
    assert not channel.is_session_for(document_for(b"other"))
    other = world.add_signatory("signer-petrov")
    assert not one.channel(channel.session.id, other).is_session_for(DOCUMENT)


def test_only_the_document_of_the_session_is_sent(
    one: ChannelWorld, channel: SigningChannel
) -> None:
    with pytest.raises(ValueError, match="not the document"):
        channel.send(b"%PDF other")
    assert one.count_sent() == 0


def test_a_document_is_sent_once(one: ChannelWorld, channel: SigningChannel) -> None:
    channel.send(PDF)
    assert channel.session is not None
    assert channel.session.is_sent
    channel.send(PDF)
    reopen(one, channel).send(PDF)
    assert one.count_sent() == 1
    assert reopen(one, channel).follow().is_live


def test_an_outage_is_repeated(
    one: ChannelWorld, channel: SigningChannel, world: OperatorWorld
) -> None:
    world.sandbox.fault(one.system, "down", times=None)
    for _ in range(2):
        with pytest.raises(Unavailable):
            channel.send(PDF)
    assert state_of(reopen(one, channel)) == SessionState.SENDING
    world.sandbox.clear_faults()
    channel.send(PDF)
    assert one.count_sent() == 1


def test_a_refusal_is_the_same_on_every_repeat(
    one: ChannelWorld, channel: SigningChannel, world: OperatorWorld
) -> None:
    world.sandbox.fault("signing", "error", times=None, status=409, code="key_blocked")
    texts = []
    for attempt in (channel, channel, reopen(one, channel)):
        with pytest.raises(SigningRefused) as refused:
            attempt.send(PDF)
        texts.append((refused.value.code, refused.value.message))
    assert len(set(texts)) == 1
    session = channel.session
    assert session is not None
    assert (session.state, session.is_live) == (SessionState.FAILED, False)
    assert (session.failure_code, session.reason) == texts[0]
    assert one.count_sent() == 0


def test_a_signed_document_has_evidence_and_stays_signed(
    one: ChannelWorld, channel: SigningChannel
) -> None:
    channel.send(PDF)
    channel.follow()
    assert_no_evidence(channel)
    one.sign(channel)
    session = channel.follow()
    assert (session.state, session.is_live) == (SessionState.SIGNED, False)
    assert reopen(one, channel).session == session
    evidence = channel.collect_evidence()
    assert evidence.document_sha256 == DOCUMENT.sha256
    assert evidence.signatures[0].side == SigningSide.SENDER
    assert evidence.powers_of_attorney
    assert reopen(one, channel).collect_evidence() == evidence
    first = channel.fetch_evidence()
    assert channel.fetch_evidence(first.files).files == first.files
    with pytest.raises(AlreadySigned):
        channel.revoke()
    assert channel.follow() == channel.accept_signature() == channel.refuse_signature("") == session


def assert_no_evidence(channel: SigningChannel) -> None:
    for call in (channel.collect_evidence, channel.fetch_evidence):
        with pytest.raises(ValueError, match="signed"):
            call()


def test_the_summary_follows_the_signatures(one: ChannelWorld, channel: SigningChannel) -> None:
    def read() -> list[SignatureStatus]:
        return [signature.status for signature in reopen(one, channel).summarize().signatures]

    valid, pending = SignatureStatus.VALID, SignatureStatus.PENDING
    assert read() == [pending, pending]
    channel.send(PDF)
    assert read() == [valid, pending]
    one.sign(channel)
    channel.follow()
    assert read() == [valid, valid]


def test_a_refused_document_says_why(one: ChannelWorld, channel: SigningChannel) -> None:
    channel.send(PDF)
    channel.follow()
    one.refuse(channel, "Дорого")
    session = channel.follow()
    assert (session.state, session.reason, session.is_live) == (
        SessionState.REFUSED,
        "Дорого",
        False,
    )
    channel.revoke()
    assert channel.follow() == session


def test_a_document_that_is_revoked_before_the_sending_is_never_sent(
    one: ChannelWorld, channel: SigningChannel
) -> None:
    channel.revoke()
    assert (state_of(channel), state_of(reopen(one, channel))) == (SessionState.REVOKED,) * 2
    channel.revoke()
    for attempt in (channel, reopen(one, channel)):
        with pytest.raises(SigningRefused) as refused:
            attempt.send(PDF)
        assert refused.value.code == "withdrawn"
    assert one.count_sent() == 0


def test_a_sent_document_that_is_revoked_can_be_signed_no_more(
    one: ChannelWorld, channel: SigningChannel
) -> None:
    channel.send(PDF)
    reopen(one, channel).revoke()
    channel.send(PDF)
    session = channel.follow()
    assert (session.state, session.is_sent, session.is_live) == (SessionState.REVOKED, True, False)
    channel.revoke()
    assert one.count_sent() == 1
    assert_no_evidence(channel)


def test_the_checks_before_sending_make_no_outside_call(
    one: ChannelWorld, channel: SigningChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise AssertionError("An outside call.")

    monkeypatch.setattr(OutsideHttp, "request", fail)
    checks = channel.preflight(at=clock.now(), fresh=True)
    assert all(check.is_ok for check in checks), checks
    assert not channel.get_recipient_check().is_blocking
    channel.summarize()


def test_whether_the_client_can_be_reached_never_fails(
    one: ChannelWorld, channel: SigningChannel, world: OperatorWorld
) -> None:
    world.sandbox.fault(one.system, "down", times=None)
    check = channel.check_recipient()
    assert check.is_ok is not channel.can_check_recipient
    assert not check.is_blocking


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_during_an_outside_call(
    one: ChannelWorld, channel: SigningChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, calls = OutsideHttp.request, []

    def record(self: OutsideHttp, *args: Any, **kwargs: Any) -> Any:
        calls.append(connection.in_atomic_block)
        return original(self, *args, **kwargs)

    monkeypatch.setattr(OutsideHttp, "request", record)
    channel.send(PDF)
    channel.follow()
    one.sign(channel)
    channel.follow()
    assert len(calls) >= 3
    assert not any(calls)
