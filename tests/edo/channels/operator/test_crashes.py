"""A worker is killed at any step of a sending or a revocation; two workers run at once."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
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


# What a sending does, in order: calls of the operator and the signing service, stored changes.
SENDING = [
    "find_recipient",
    "become_partners",
    "store recipient_box_id",
    "sign",
    "store sender_signature",
    "put_on_shelf",
    "store attempted_at",
    "send",
    "store state sent",
]
# What a revocation does of a document that was sent.
REVOCATION = ["revoke if never attempted", "sign", "revoke", "store state revoked"]
# If the result of the sending is unknown, it first repeats the sending.
REPEATED_SENDING = ["send", "store state sent"]


class WorkerKilled(BaseException):
    """Not caught by the code under test: nothing of the worker runs on."""


@contextmanager
def kill_at(
    monkeypatch: pytest.MonkeyPatch, step: str | None, *, after: bool
) -> Iterator[list[str]]:
    """Kills the worker in the block before or after ``step``; gives the steps it reached."""
    reached: list[str] = []

    def wrap(owner: Any, name: str, name_of_call: Callable[..., str]) -> None:
        original: Callable[..., Any] = getattr(owner, name)

        def wrapper(*args: Any, **kwargs: Any) -> Any:
            reached.append(name_of_call(*args, **kwargs))
            if reached[-1] == step and not after:
                raise WorkerKilled
            result = original(*args, **kwargs)
            if reached[-1] == step and after:
                raise WorkerKilled
            return result

        patch.setattr(owner, name, wrapper)

    with monkeypatch.context() as patch:
        wrap(sending, "change", name_of_change)
        wrap(sending, "signing_service", lambda: "sign")
        for name in ("find_recipient", "become_partners", "put_on_shelf", "send", "revoke"):
            wrap(Diadoc, name, lambda *args, name=name, **kwargs: name)
        with suppress(WorkerKilled):
            yield reached


def name_of_change(exchange: Exchange, changes: dict[str, Any], **expected: Any) -> str:
    if "attempted_at" in expected:
        return "revoke if never attempted"
    if "state" in changes:
        return f"store state {changes['state']}"
    return f"store {next(iter(changes))}"


@pytest.mark.django_db
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", SENDING)
def test_a_worker_killed_while_sending_makes_no_second_document(
    world: World, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    exchange = world.open()
    with kill_at(monkeypatch, step, after=after) as reached:
        exchanges.send(exchange=exchange, pdf=PDF)
    assert reached == SENDING[: SENDING.index(step) + 1]
    exchanges.send(exchange=Exchange.objects.get(pk=exchange.pk), pdf=PDF)
    exchange.refresh_from_db()
    assert exchange.state == State.SENT
    assert world.journal(exchange, "sent") == ["sent"]
    assert exchanges.follow(exchange=exchange) == State.DELIVERED


@pytest.mark.django_db
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", REVOCATION)
def test_a_worker_killed_while_revoking_leaves_no_live_document(
    world: World, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    exchange = world.sent()
    with kill_at(monkeypatch, step, after=after) as reached:
        exchanges.revoke(exchange=exchange)
    assert reached == REVOCATION[: REVOCATION.index(step) + 1]
    revoke_again(world, exchange)
    assert len(world.journal(exchange, "sent")) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", [*REVOCATION, *REPEATED_SENDING])
@pytest.mark.parametrize(
    "sending_killed_after", ["put_on_shelf", "store attempted_at", "send", "store state sent"]
)
def test_a_sending_cut_short_is_revoked_although_the_revocation_is_killed_too(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    sending_killed_after: str,
    step: str,
    after: bool,
) -> None:
    exchange = world.open()
    with kill_at(monkeypatch, sending_killed_after, after=True):
        exchanges.send(exchange=exchange, pdf=PDF)
    with kill_at(monkeypatch, step, after=after):
        exchanges.revoke(exchange=exchange)
    revoke_again(world, exchange)


def revoke_again(world: World, exchange: Exchange) -> None:
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
