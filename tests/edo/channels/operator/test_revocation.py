"""Revoking a document that was sent, was never sent, or may have been."""

from typing import Any

import pytest

from econtract.platform.common.errors import Unavailable
from edo.channels.operator.following import follow
from edo.channels.operator.refusals import SendRefusalCode
from edo.channels.operator.revocation import revoke
from edo.channels.operator.sending import send
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
