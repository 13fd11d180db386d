"""What becomes of a sent document: delivery, the client's answer, late failures of our side."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from econtract.platform.common import clock
from econtract.platform.common.errors import Unavailable
from edo.channels.operator.diadoc.client import DiadocGateway
from edo.channels.operator.following import follow
from edo.channels.operator.values import (
    DocumentStatus,
    PowerStatus,
    RecipientResponse,
    SenderSignatureStatus,
)
from edo.models import Exchange
from tests.support import sandbox as known
from tests.support.signing.operator_world import OperatorWorld

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


STATUS = DocumentStatus(
    sender_signature=SenderSignatureStatus.VALID,
    power=PowerStatus.VALID,
    delivered_at=None,
    response=RecipientResponse.NONE,
)


@pytest.fixture
def status(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes the operator answer with a status of our choice."""

    def set_status(**changes: Any) -> None:
        fixed = replace(STATUS, **changes)
        monkeypatch.setattr(DiadocGateway, "get_status", lambda *_: fixed)

    return set_status


def test_a_late_word_about_the_power_of_attorney_is_waited_for(
    world: OperatorWorld, status: Callable[..., None]
) -> None:
    """«Unknown» at the first look must not fail the contract."""
    exchange = world.send()
    status(power=PowerStatus.PENDING, delivered_at=clock.now())
    assert follow(exchange=exchange) == State.SENT
    status(power=PowerStatus.VALID, delivered_at=clock.now())
    assert follow(exchange=exchange) == State.DELIVERED


def test_the_wait_for_the_power_of_attorney_has_an_end(
    world: OperatorWorld, status: Callable[..., None]
) -> None:
    exchange = world.send()
    status(power=PowerStatus.PENDING, delivered_at=clock.now())
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        assert follow(exchange=exchange) == State.DELIVERED


@pytest.mark.parametrize("power", [PowerStatus.UNCHECKED, PowerStatus.WARNINGS])
def test_warnings_about_the_power_of_attorney_fail_nothing(
    world: OperatorWorld, status: Callable[..., None], power: PowerStatus
) -> None:
    """ValidationError and HasWarnings are no verdict against us."""
    exchange = world.send()
    status(power=power, delivered_at=clock.now())
    assert follow(exchange=exchange) == State.DELIVERED


def test_a_power_of_attorney_found_invalid_later_fails_the_exchange(
    world: OperatorWorld, status: Callable[..., None]
) -> None:
    exchange = world.send()
    follow(exchange=exchange)
    status(power=PowerStatus.INVALID, delivered_at=clock.now())
    assert follow(exchange=exchange) == State.FAILED
    assert "МЧД недействительной" in exchange.reason


def test_a_signed_document_is_not_failed_for_our_power_of_attorney(
    world: OperatorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The operator's verdict came after the client's signature: a person decides."""
    exchange = world.send()
    world.sign_as_client(exchange)
    get_status = DiadocGateway.get_status
    monkeypatch.setattr(
        DiadocGateway,
        "get_status",
        lambda *args: replace(get_status(*args), power=PowerStatus.INVALID),
    )
    assert follow(exchange=exchange) == State.UNVERIFIED
    assert "МЧД недействительной" in exchange.reason
    assert world.journal(exchange, "revoked") == []


def test_a_document_that_cannot_be_delivered_says_why(
    world: OperatorWorld, status: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Roaming, and notices of a failed delivery."""
    first, second = world.send(), world.send()
    status(delivery_failure="Оператор ЭДО клиента не принял документ из роуминга. Нет договора.")
    assert follow(exchange=first) == State.FAILED
    assert first.failure == "not_delivered"
    assert "Нет договора" in first.reason
    monkeypatch.setattr(DiadocGateway, "fetch_reason", lambda *_: "Ящик удален.")
    status(delivery_failure_id="notice")
    assert follow(exchange=second) == State.FAILED
    assert second.reason == "Документ не доставлен клиенту. Ящик удален."


def test_the_reason_of_a_universal_message_is_kept(
    world: OperatorWorld, status: Callable[..., None]
) -> None:
    exchange = world.send()
    status(response=RecipientResponse.REFUSED, refusal_id="um", refusal_text="Не та цена")
    assert follow(exchange=exchange) == State.REFUSED
    assert exchange.reason == "Не та цена"


def test_a_refusal_has_the_clients_reason(world: OperatorWorld) -> None:
    exchange = world.send()
    world.refuse_as_client(exchange, "Не согласны с ценой <10%> & сроком")
    assert follow(exchange=exchange) == State.REFUSED
    assert exchange.reason == "Не согласны с ценой <10%> & сроком"


def test_a_signature_of_another_company_fails_the_exchange(world: OperatorWorld) -> None:
    exchange = world.send()
    world.sign_as_client(exchange, "foreign")
    assert follow(exchange=exchange) == State.FAILED
    assert exchange.failure == "recipient_signature_invalid"
    assert "Сертификат принадлежит другому лицу" in exchange.reason


def test_a_signature_that_the_operator_refuses_changes_nothing(world: OperatorWorld) -> None:
    """Only the client sees it, and may sign again."""
    exchange = world.send()
    world.sign_as_client(exchange, "broken")
    assert follow(exchange=exchange) == State.DELIVERED
    world.sign_as_client(exchange)
    assert follow(exchange=exchange) == State.SIGNED


def test_a_sole_proprietor_signs_with_a_personal_certificate(world: OperatorWorld) -> None:
    exchange = world.send(known.PETROV, "")
    world.sign_as_client(exchange)
    assert follow(exchange=exchange) == State.SIGNED
