"""Revoking a document that was sent, was never sent, or may have been."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from econtract.platform.common.errors import Refused, Unavailable
from edo.channels.operator.diadoc.client import DiadocGateway
from edo.channels.operator.following import follow
from edo.channels.operator.refusals import SendRefusalCode
from edo.channels.operator.revocation import revoke
from edo.channels.operator.sending import send
from edo.channels.operator.values import DocumentRevocation
from edo.channels.protocol import AlreadySigned, SigningRefused
from edo.models import Exchange
from tests.support.signing.operator_world import OperatorWorld
from tests.support.signing.pki import PDF

State = Exchange.State
pytestmark = pytest.mark.django_db


def test_a_sent_document_is_revoked_once(world: OperatorWorld) -> None:
    exchange = world.send()
    revoke(exchange=exchange)
    revoke(exchange=exchange)
    assert exchange.state == State.REVOKED
    assert world.journal(exchange, "revoked") == ["revoked"]


def test_a_document_never_sent_needs_no_call(world: OperatorWorld, settings: Any) -> None:
    exchange = world.open()
    settings.OUTSIDE = {"edo": {"url": "", "token": ""}}
    revoke(exchange=exchange)
    assert exchange.state == State.REVOKED
    with pytest.raises(SigningRefused) as caught:
        send(exchange=exchange, pdf=PDF)
    assert caught.value.code == SendRefusalCode.WITHDRAWN


@pytest.mark.parametrize("kind", ["error", "lost_answer"])
def test_an_attempt_with_an_unknown_result_is_resolved_first(
    world: OperatorWorld, kind: str
) -> None:
    exchange = world.open()
    world.sandbox.fault("edo", kind, path_contains="PostMessage")
    with pytest.raises(Unavailable):
        send(exchange=exchange, pdf=PDF)
    revoke(exchange=exchange)
    assert exchange.state == State.REVOKED
    assert world.journal(exchange, "sent") == ["sent"]
    assert world.journal(exchange, "revoked") == ["revoked"]


@pytest.mark.parametrize("kind", ["error", "lost_answer"])
def test_after_a_fault_the_revocation_is_retried(world: OperatorWorld, kind: str) -> None:
    exchange = world.send()
    world.sandbox.fault("edo", kind, path_contains="PostMessagePatch")
    with pytest.raises(Unavailable):
        revoke(exchange=exchange)
    revoke(exchange=exchange)
    assert exchange.state == State.REVOKED
    assert world.journal(exchange, "revoked") == ["revoked"]


def test_a_document_that_the_client_has_signed_is_not_revoked(world: OperatorWorld) -> None:
    exchange = world.send()
    world.sign_as_client(exchange)
    # First the operator says so, then our own row.
    for _ in range(2):
        with pytest.raises(AlreadySigned) as caught:
            revoke(exchange=exchange)
        assert caught.value.code == "already_signed"
        assert follow(exchange=exchange) == State.SIGNED


def test_a_document_revoked_elsewhere_is_noticed(world: OperatorWorld) -> None:
    exchange = world.send()
    revoke(exchange=exchange)
    Exchange.objects.filter(pk=exchange.pk).update(state=State.DELIVERED)
    assert follow(exchange=exchange) == State.REVOKED


# --- A revocation that the other side must accept, or begins -------------------------------------


@pytest.fixture
def revocation(
    world: OperatorWorld, monkeypatch: pytest.MonkeyPatch
) -> Callable[[DocumentRevocation], None]:
    """Sets the operator's status of a revocation, whatever is asked of it."""
    get_status = DiadocGateway.get_status

    def set_status(status: DocumentRevocation) -> None:
        monkeypatch.setattr(
            DiadocGateway,
            "get_status",
            lambda *args: replace(get_status(*args), revocation=status),
        )

    return set_status


def test_a_revocation_that_the_client_must_accept_leaves_the_document_live(
    world: OperatorWorld, revocation: Callable[[DocumentRevocation], None]
) -> None:
    exchange = world.send()
    follow(exchange=exchange)
    revocation(DocumentRevocation.REQUESTED_BY_US)
    for _ in range(2):
        revoke(exchange=exchange)
        session = world.channel(exchange=exchange).session
        assert session is not None
        assert session.is_live
        assert "клиент еще не согласился" in session.reason
    revocation(DocumentRevocation.REVOKED)
    assert follow(exchange=exchange) == State.REVOKED


def test_the_client_may_still_sign_what_we_want_to_revoke(
    world: OperatorWorld, revocation: Callable[[DocumentRevocation], None]
) -> None:
    exchange = world.send()
    revocation(DocumentRevocation.REQUESTED_BY_US)
    revoke(exchange=exchange)
    world.sign_as_client(exchange)
    assert follow(exchange=exchange) == State.SIGNED


def test_the_system_does_not_agree_to_the_clients_revocation(
    world: OperatorWorld, revocation: Callable[[DocumentRevocation], None]
) -> None:
    exchange = world.send()
    revocation(DocumentRevocation.REQUESTED_BY_CLIENT)
    assert follow(exchange=exchange) == State.DELIVERED
    assert exchange.revocation == Exchange.RevocationState.REQUESTED_BY_CLIENT
    assert "Клиент предложил аннулировать" in exchange.reason
    details = {
        detail.label: detail.value
        for detail in world.channel(exchange=exchange).summarize().details
    }
    assert details["Аннулирование"] == "Клиент предложил аннулировать"
    with pytest.raises(Refused) as caught:
        revoke(exchange=exchange)
    assert caught.value.code == "revocation_requested_by_client"
    assert world.journal(exchange, "revoked") == []


def test_a_rejected_revocation_is_said(
    world: OperatorWorld, revocation: Callable[[DocumentRevocation], None]
) -> None:
    exchange = world.send()
    revocation(DocumentRevocation.REJECTED)
    follow(exchange=exchange)
    assert "остается в силе" in exchange.reason
    with pytest.raises(Refused) as caught:
        revoke(exchange=exchange)
    assert caught.value.code == "revocation_rejected"


def test_a_refused_document_needs_no_revocation(world: OperatorWorld) -> None:
    exchange = world.send()
    world.refuse_as_client(exchange, "Дорого")
    revoke(exchange=exchange)
    assert (exchange.state, exchange.reason) == (State.REFUSED, "Дорого")
    assert world.journal(exchange, "revoked") == []
