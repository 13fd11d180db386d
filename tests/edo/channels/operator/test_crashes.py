"""A worker dies between any two steps of a sending or a revocation; several work at once."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.db import connection, connections

from econtract.platform.common.errors import Unavailable
from econtract.platform.common.http import OutsideHttp
from edo.channels.operator import revocation, sending
from edo.channels.operator.diadoc.client import DiadocGateway
from edo.channels.operator.following import follow
from edo.channels.operator.revocation import revoke
from edo.channels.operator.sending import send
from edo.models import Exchange
from tests.support.sandbox import PARTNERS_ONLY
from tests.support.signing.operator_world import OperatorWorld
from tests.support.signing.pki import PDF

State = Exchange.State

# Every outside call and every stored change, in order. A change is named after its first column;
# that of the state after its new value.
SENDING = [
    "find_recipients",
    "store recipient_box_id",
    "sign",
    "store sender_signature",
    "upload_to_shelf",
    "store shelf_name",
    "store attempted_at",
    "send",
    "store sent",
]
# Before the client has accepted our invitation.
INVITING = [
    "find_recipients",
    "store recipient_box_id",
    "get_partnership",
    "invite",
    "store invited_at",
    "get_partnership",
    "store reason",
]
# After the client has signed.
FOLLOWING = [
    "fetch_stamped_signature",
    "store recipient_signature",
    "fetch_signature_verdict",
    "store recipient_verdict",
    "store signed",
]
# A revocation starts with an attempt to close an exchange that was never sent.
REVOKING_UNATTEMPTED = ["close unattempted"]
REVOKING_SENT = [
    "close unattempted",
    "store revocation_request",
    "sign",
    "revoke",
    "store revoked",
]
REVOKING_ATTEMPTED = ["close unattempted", "send", "store sent", *REVOKING_SENT[1:]]
GATEWAY_STEPS = (
    *("find_recipients", "get_partnership", "invite", "upload_to_shelf", "send", "revoke"),
    *("fetch_stamped_signature", "fetch_signature_verdict"),
)
# The last step of the sending that was done, and what a revocation does after it.
REVOKING = {
    "store shelf_name": REVOKING_UNATTEMPTED,
    "store attempted_at": REVOKING_ATTEMPTED,
    "send": REVOKING_ATTEMPTED,
    "store sent": REVOKING_SENT,
}


class Crash(BaseException):
    """The worker is gone: nothing catches this, nothing runs after it."""


@contextmanager
def crash(
    monkeypatch: pytest.MonkeyPatch, step: str = "", *, after: bool = True
) -> Iterator[list[str]]:
    """Within the block, crash before or after ``step``; gives the names of the steps reached."""
    reached: list[str] = []

    def wrap(owner: Any, name: str, get_step: Callable[..., str]) -> None:
        original = getattr(owner, name)

        def crashing(*args: Any, **kwargs: Any) -> Any:
            current = get_step(*args, **kwargs)
            reached.append(current)
            if current == step and not after:
                raise Crash
            result = original(*args, **kwargs)
            if current == step:
                raise Crash
            return result

        patch.setattr(owner, name, crashing)

    with monkeypatch.context() as patch:
        wrap(Exchange, "update_if", name_of_change)
        for module in (sending, revocation):
            wrap(module, "sign_content", lambda *_, **__: "sign")
        for name in GATEWAY_STEPS:
            wrap(DiadocGateway, name, lambda *_, _name=name, **__: _name)
        with suppress(Crash):
            yield reached


def name_of_change(exchange: Exchange, changes: dict[str, Any], **conditions: Any) -> str:
    if "attempted_at" in conditions:
        return "close unattempted"
    column = next(iter(changes))
    return f"store {changes[column] if column == 'state' else column}"


@pytest.mark.django_db
def test_the_steps_are_those_that_the_tests_name(
    world: OperatorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = world.open()
    with crash(monkeypatch) as reached:
        send(exchange=exchange, pdf=PDF)
        assert reached == SENDING
        reached.clear()
        revoke(exchange=exchange)
        assert reached == REVOKING_SENT


@pytest.mark.django_db
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", SENDING)
def test_a_crash_while_sending_leads_to_no_second_document(
    world: OperatorWorld, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    exchange = world.open()
    with crash(monkeypatch, step, after=after) as reached:
        send(exchange=exchange, pdf=PDF)
    assert reached == SENDING[: SENDING.index(step) + 1]
    send(exchange=Exchange.objects.get(pk=exchange.pk), pdf=PDF)
    exchange.refresh_from_db()
    assert exchange.state == State.SENT
    assert world.journal(exchange, "sent") == ["sent"]
    assert follow(exchange=exchange) == State.DELIVERED


@pytest.mark.django_db
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    ("last_sending_step", "step"),
    [(last, step) for last, steps in REVOKING.items() for step in steps],
)
def test_a_crash_while_revoking_leaves_no_live_document(
    world: OperatorWorld,
    monkeypatch: pytest.MonkeyPatch,
    last_sending_step: str,
    step: str,
    after: bool,
) -> None:
    exchange = world.open()
    with crash(monkeypatch, last_sending_step):
        send(exchange=exchange, pdf=PDF)
    steps = REVOKING[last_sending_step]
    with crash(monkeypatch, step, after=after) as reached:
        revoke(exchange=exchange)
    assert reached == steps[: steps.index(step) + 1]
    revoke(exchange=Exchange.objects.get(pk=exchange.pk))
    exchange.refresh_from_db()
    assert exchange.state == State.REVOKED
    sent, revoked = world.journal(exchange, "sent"), world.journal(exchange, "revoked")
    assert len(sent) == len(revoked) <= 1


@pytest.mark.django_db
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", list(dict.fromkeys(INVITING)))
def test_a_crash_while_inviting_leads_to_one_invitation(
    world: OperatorWorld, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    exchange = world.open(PARTNERS_ONLY)
    with crash(monkeypatch, step, after=after) as reached:
        send(exchange=exchange, pdf=PDF)
    assert reached == INVITING[: INVITING.index(step) + 1]
    exchange = Exchange.objects.get(pk=exchange.pk)
    send(exchange=exchange, pdf=PDF)
    assert exchange.state == State.AWAITING_CONSENT
    assert len(world.sandbox.journal("edo", action="invited")) == 1
    world.sandbox.edo_invitation(PARTNERS_ONLY, "accept")
    send(exchange=exchange, pdf=PDF)
    assert world.journal(exchange, "sent") == ["sent"]


@pytest.mark.django_db
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", FOLLOWING)
def test_a_crash_while_judging_loses_no_signature(
    world: OperatorWorld, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    exchange = world.send()
    world.sign_as_client(exchange)
    with crash(monkeypatch, step, after=after) as reached:
        follow(exchange=exchange)
    assert reached == FOLLOWING[: FOLLOWING.index(step) + 1]
    exchange = Exchange.objects.get(pk=exchange.pk)
    assert follow(exchange=exchange) == State.SIGNED
    assert world.journal(exchange, "revoked") == []


@pytest.mark.django_db(transaction=True)
def test_several_workers_at_once_send_one_document(world: OperatorWorld) -> None:
    exchange = world.open()
    start, failures = threading.Barrier(3), []

    def work() -> None:
        own = Exchange.objects.get(pk=exchange.pk)
        start.wait(10)
        for _ in range(50):
            try:
                send(exchange=own, pdf=PDF)
                break
            except Unavailable:  # another worker's call is still running at the operator
                world.sandbox.state()
            except Exception as error:  # noqa: BLE001 - the test's own thread reports it
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
    assert follow(exchange=exchange) == State.DELIVERED


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_during_an_outside_call(
    world: OperatorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, in_transaction = OutsideHttp.request, []

    def record(self: OutsideHttp, *args: Any, **kwargs: Any) -> Any:
        in_transaction.append(connection.in_atomic_block)
        return original(self, *args, **kwargs)

    monkeypatch.setattr(OutsideHttp, "request", record)
    exchange = world.send()
    follow(exchange=exchange)
    revoke(exchange=exchange)
    assert len(in_transaction) > 8
    assert not any(in_transaction)
