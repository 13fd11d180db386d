"""What becomes of a sent document: delivery, the client's answer, late failures of our side."""

from typing import Any

import pytest

from econtract.platform.common.errors import Unavailable
from edo.channels.operator.following import follow
from edo.models import Exchange
from edo.signing import cms
from tests.support import sandbox as known
from tests.support.signing.operator_world import OperatorWorld
from tests.support.signing.pki import name_unknown_algorithm

State = Exchange.State
pytestmark = pytest.mark.django_db


def test_a_document_is_delivered_and_signed(world: OperatorWorld) -> None:
    exchange = world.send()
    assert exchange.state == State.SENT
    assert follow(exchange=exchange) == State.DELIVERED
    assert exchange.delivered_at is not None
    world.sign_as_client(exchange)
    assert follow(exchange=exchange) == State.SIGNED
    assert world.journal(exchange) == ["sent", "delivered", "signed"]


def test_a_document_may_be_signed_before_we_ask(world: OperatorWorld) -> None:
    exchange = world.send()
    world.sign_as_client(exchange)
    assert follow(exchange=exchange) == State.SIGNED
    assert exchange.delivered_at is not None


def test_a_closed_exchange_is_not_asked_about(world: OperatorWorld, settings: Any) -> None:
    exchange = world.send()
    world.sign_as_client(exchange)
    follow(exchange=exchange)
    settings.OUTSIDE = {"edo": {"url": "", "token": ""}}
    assert follow(exchange=exchange) == State.SIGNED


def test_nothing_changes_while_the_operator_cannot_be_reached(world: OperatorWorld) -> None:
    exchange = world.send()
    world.sandbox.fault("edo", "error", path_contains="GetMessage")
    with pytest.raises(Unavailable):
        follow(exchange=exchange)
    exchange.refresh_from_db()
    assert exchange.state == State.SENT


def test_our_signature_that_proves_invalid_later_fails_the_exchange(world: OperatorWorld) -> None:
    world.sandbox.fault("edo", "sender_signature_invalid")
    exchange = world.send()
    assert follow(exchange=exchange) == State.FAILED
    assert exchange.failure == "sender_signature_invalid"
    assert "не принял нашу подпись" in exchange.reason
    assert "delivered" not in world.journal(exchange)


def test_a_document_that_lost_its_power_of_attorney_is_revoked(world: OperatorWorld) -> None:
    world.sandbox.fault("edo", "power_of_attorney_lost")
    exchange = world.send()
    assert follow(exchange=exchange) == State.FAILED
    assert exchange.failure == "power_of_attorney_invalid"
    assert "МЧД не приложена" in exchange.reason
    assert "revoked" in world.journal(exchange)


def test_a_refusal_has_the_clients_reason(world: OperatorWorld) -> None:
    exchange = world.send()
    world.refuse_as_client(exchange, "Не согласны с ценой <10%> & сроком")
    assert follow(exchange=exchange) == State.REFUSED
    assert exchange.reason == "Не согласны с ценой <10%> & сроком"


@pytest.mark.parametrize(
    ("how", "text"), [("broken", "Подпись"), ("foreign", "Сертификат принадлежит другому лицу")]
)
def test_an_invalid_signature_of_the_client_fails_the_exchange(
    world: OperatorWorld, how: str, text: str
) -> None:
    exchange = world.send()
    world.sign_as_client(exchange, how)
    assert follow(exchange=exchange) == State.FAILED
    assert exchange.failure == "recipient_signature_invalid"
    assert text in exchange.reason


def test_a_signature_that_cannot_be_judged_is_neither_taken_nor_refused(
    world: OperatorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = world.send()
    world.sign_as_client(exchange)
    verify_digest = cms.verify_digest
    monkeypatch.setattr(
        cms,
        "verify_digest",
        lambda signature, *rest, **options: verify_digest(
            name_unknown_algorithm(signature), *rest, **options
        ),
    )
    with pytest.raises(Unavailable, match="algorithm_unsupported"):
        follow(exchange=exchange)
    exchange.refresh_from_db()
    assert exchange.is_live
    assert "revoked" not in world.journal(exchange)


def test_a_sole_proprietor_signs_with_a_personal_certificate(world: OperatorWorld) -> None:
    exchange = world.send(known.PETROV, "")
    world.sign_as_client(exchange)
    assert follow(exchange=exchange) == State.SIGNED
