"""A worker dies between any two statements of a sending or a revocation; two work at once."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection, connections

from econtract.platform.common.errors import Unavailable
from econtract.platform.common.http import OutsideHttp
from edo.channels.operator import exchanges, sending
from edo.channels.operator.diadoc import Diadoc
from edo.models import Exchange
from tests.edo.conftest import World
from tests.support.pki import PDF

State = Exchange.State


class Death(BaseException):
    """The worker is gone; nothing of it runs on."""


def die_at(monkeypatch: pytest.MonkeyPatch, step: int, *, after: bool) -> list[str]:
    """Makes the ``step``-th outside call or stored change the last one; names those reached."""
    reached: list[str] = []

    def wrap(owner: Any, name: str) -> None:
        real: Callable[..., Any] = getattr(owner, name)

        def mortal(*args: Any, **kwargs: Any) -> Any:
            reached.append(name)
            if len(reached) == step and not after:
                raise Death
            result = real(*args, **kwargs)
            if len(reached) == step and after:
                raise Death
            return result

        monkeypatch.setattr(owner, name, mortal)

    wrap(sending, "change")
    wrap(sending, "signing_service")
    for name in ("find_recipient", "become_partners", "put_on_shelf", "send", "revoke"):
        wrap(Diadoc, name)
    return reached


@pytest.mark.django_db
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", range(1, 10))
def test_a_death_while_sending_makes_no_second_document(
    world: World, monkeypatch: pytest.MonkeyPatch, step: int, after: bool
) -> None:
    exchange = world.open()
    with monkeypatch.context() as mortal:
        reached = die_at(mortal, step, after=after)
        with suppress(Death):
            exchanges.send(exchange=exchange, pdf=PDF)
        assert len(reached) == min(step, 9)
    exchanges.send(exchange=Exchange.objects.get(pk=exchange.pk), pdf=PDF)
    exchange.refresh_from_db()
    assert exchange.state == State.SENT
    assert world.journal(exchange, "sent") == ["sent"]
    assert exchanges.follow(exchange=exchange) == State.DELIVERED


@pytest.mark.django_db
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("sending_died_at", [None, 6, 7, 8, 9])
@pytest.mark.parametrize("step", [1, 3, 4, 5])
def test_a_death_while_taking_back_leaves_no_live_document(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    sending_died_at: int | None,
    step: int,
    after: bool,
) -> None:
    exchange = world.open()
    with monkeypatch.context() as mortal:
        if sending_died_at:
            die_at(mortal, sending_died_at, after=True)
        with suppress(Death):
            exchanges.send(exchange=exchange, pdf=PDF)
    with monkeypatch.context() as mortal:
        die_at(mortal, step, after=after)
        with suppress(Death):
            exchanges.revoke(exchange=exchange)
    exchanges.revoke(exchange=Exchange.objects.get(pk=exchange.pk))
    exchange.refresh_from_db()
    assert exchange.state == State.REVOKED
    sent, revoked = world.journal(exchange, "sent"), world.journal(exchange, "revoked")
    assert len(sent) == len(revoked) <= 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_one_document(world: World) -> None:
    exchange = world.open()
    start, failures = threading.Barrier(3), []

    def work() -> None:
        mine = Exchange.objects.get(pk=exchange.pk)
        start.wait(10)
        for _ in range(50):
            try:
                exchanges.send(exchange=mine, pdf=PDF)
                break
            except Unavailable:  # the other's call still runs at the operator
                world.sandbox.state()
            except Exception as error:  # noqa: BLE001 - told in the test's own thread
                failures.append(error)
                break
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert failures == []
    exchange.refresh_from_db()
    assert exchange.state == State.SENT
    assert world.journal(exchange, "sent") == ["sent"]
    assert exchanges.follow(exchange=exchange) == State.DELIVERED


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_during_an_outside_call(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, inside = OutsideHttp.request, []

    def watched(self: OutsideHttp, *args: Any, **kwargs: Any) -> Any:
        inside.append(connection.in_atomic_block)
        return real(self, *args, **kwargs)

    monkeypatch.setattr(OutsideHttp, "request", watched)
    exchange = world.sent()
    exchanges.follow(exchange=exchange)
    exchanges.revoke(exchange=exchange)
    assert len(inside) > 8
    assert not any(inside)
