"""Orders: written with their change, run in sequence, repeated until done or parked."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import transaction
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from econtract.platform.common import clock
from econtract.platform.common.errors import NotReadyYet, Refused, Unavailable
from econtract.platform.outbox import orders, registry
from econtract.platform.outbox.models import Order
from econtract.platform.outbox.registry import PlainHandler

pytestmark = pytest.mark.django_db


class Recorder(PlainHandler):
    """A handler that does as it is told and remembers with which key it was called."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.spent: list[str] = []
        self.answers: list[Exception | None] = []

    def run(self, order: Order) -> None:
        self.keys.append(str(order.key))
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        with transaction.atomic():
            order.take()

    def on_spent(self, order: Order, error: Exception) -> None:
        self.spent.append(str(error))


@pytest.fixture
def handler(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    recorder = Recorder()
    monkeypatch.setitem(registry._handlers, "try", recorder)
    return recorder


@transaction.atomic
def order(lane: str = "one", **more: Any) -> Order:
    return orders.enqueue(kind="try", subject=1, lane=lane, **more)


def later(seconds: float) -> time_machine.travel:
    return time_machine.travel(clock.now() + timedelta(seconds=seconds), tick=True)


def test_an_order_outside_of_a_transaction_is_refused(transactional_db: None) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        orders.enqueue(kind="try", subject=1, lane="one")


def test_a_change_that_is_rolled_back_leaves_no_order() -> None:
    with transaction.atomic():
        order()
        transaction.set_rollback(True)
    assert not Order.objects.exists()


def test_workers_hear_of_an_order_after_the_commit(
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    heard: list[int] = []
    monkeypatch.setattr(orders, "publish", heard.extend)
    with django_capture_on_commit_callbacks(execute=True):
        made = order()
        assert heard == []
    assert heard == [made.pk]


def test_orders_of_one_change_are_written_and_told_at_once(
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    heard: list[list[int]] = []
    monkeypatch.setattr(orders, "publish", heard.append)
    with (
        django_capture_on_commit_callbacks(execute=True),
        transaction.atomic(),
        django_assert_num_queries(1),
        orders.together(),
    ):
        for subject, due_at in enumerate([None, clock.now() + timedelta(days=1), None]):
            orders.enqueue(kind="try", subject=subject, lane="one", due_at=due_at)
    first, dated, last = Order.objects.order_by("pk")
    assert [first.subject, dated.subject, last.subject] == [0, 1, 2]
    assert heard == [[first.pk, last.pk]]


def test_a_change_that_fails_half_way_leaves_no_order() -> None:
    def fail() -> None:
        with orders.together():
            orders.enqueue(kind="try", subject=1, lane="one")
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert not Order.objects.exists()
    order()
    assert Order.objects.count() == 1


def test_a_broker_that_is_down_costs_nothing_but_time(
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    def down(ids: object) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr(orders, "publish", down)
    with django_capture_on_commit_callbacks(execute=True):
        made = order()
    sent: list[int] = []
    assert orders.hand_out(send=sent.extend) == 0
    with later(orders.HAND_OUT_AGAIN.total_seconds() + 1):
        assert orders.hand_out(send=sent.extend) == 1
    assert sent == [made.pk]


def test_an_order_that_is_done_stays_done(handler: Recorder) -> None:
    made = order()
    orders.run(made.pk)
    orders.run(made.pk)
    made.refresh_from_db()
    assert made.state == Order.State.DONE
    assert len(handler.keys) == 1


def test_a_leased_order_is_nobody_elses(handler: Recorder) -> None:
    made = order()
    assert Order.claim(made.pk) is not None
    orders.run(made.pk)
    assert handler.keys == []


def test_an_order_of_a_dead_worker_is_repeated_with_the_same_key(handler: Recorder) -> None:
    made = order()
    dead = Order.claim(made.pk)
    assert dead is not None
    with later(settings.ORDER_LEASE_SECONDS + 1):
        orders.run(made.pk)
    assert handler.keys == [str(dead.key)]
    assert dead.take() is False


def test_a_worker_that_lost_its_lease_records_nothing() -> None:
    made = order()
    slow = Order.claim(made.pk)
    assert slow is not None
    with later(settings.ORDER_LEASE_SECONDS + 1):
        quick = Order.claim(made.pk)
    assert quick is not None
    assert [slow.take(), slow.hold(), slow.park("x"), slow.postpone("x", seconds=1)] == [False] * 4
    assert quick.take() is True


def test_orders_of_one_lane_run_in_sequence(handler: Recorder) -> None:
    first, second, other = order("a"), order("a"), order("b")
    orders.run(second.pk)
    orders.run(other.pk)
    assert handler.keys == [str(other.key)]
    orders.run(first.pk)
    orders.run(second.pk)
    assert handler.keys == [str(other.key), str(first.key), str(second.key)]


def test_an_order_that_came_too_early_is_handed_out_when_its_lane_is_free(
    handler: Recorder,
) -> None:
    first, second = order("a"), order("a")
    orders.run(second.pk)
    orders.run(first.pk)
    sent: list[int] = []
    orders.hand_out(send=sent.extend)
    assert sent == [second.pk]


def test_an_order_with_a_date_waits_for_it(handler: Recorder) -> None:
    made = order(due_at=clock.now() + timedelta(days=1))
    orders.run(made.pk)
    assert handler.keys == []
    with later(86_401):
        orders.run(made.pk)
    assert len(handler.keys) == 1


def test_pauses_double_until_the_attempts_are_spent(handler: Recorder, settings: Settings) -> None:
    settings.ORDER_ATTEMPTS = 3
    handler.answers = [Unavailable("eip", "no answer")] * 3
    made = order()
    pauses: list[int] = []
    for _ in range(3):
        with later(sum(pauses) + len(pauses)):
            now = clock.now()
            orders.run(made.pk)
            made.refresh_from_db()
            pauses.append(round((made.due_at - now).total_seconds()))
    assert pauses[:2] == [2, 4]
    assert made.state == Order.State.PARKED
    assert made.last_error == "Unavailable: eip: no answer"
    assert handler.spent == ["eip: no answer"]
    assert len(set(handler.keys)) == 1


def test_the_other_side_may_ask_for_a_longer_pause(handler: Recorder) -> None:
    handler.answers = [Unavailable("edo", "busy", retry_after=120)]
    made = order()
    orders.run(made.pk)
    made.refresh_from_db()
    assert 115 < (made.due_at - clock.now()).total_seconds() <= 120


def test_a_refusal_that_nobody_understands_is_parked_at_once(handler: Recorder) -> None:
    handler.answers = [Refused("eip", "bad_request")]
    made = order()
    orders.run(made.pk)
    made.refresh_from_db()
    assert made.state == Order.State.PARKED


def test_a_fault_of_our_own_is_repeated_and_then_parked(
    handler: Recorder, settings: Settings
) -> None:
    settings.ORDER_ATTEMPTS = 1
    handler.answers = [KeyError("bug")]
    made = order()
    orders.run(made.pk)
    made.refresh_from_db()
    assert made.state == Order.State.PARKED
    assert "KeyError" in made.last_error


def test_what_is_not_ready_is_looked_at_again_soon_but_not_for_ever(handler: Recorder) -> None:
    handler.answers = [NotReadyYet("converting", seconds=2)] * 2
    made = order()
    orders.run(made.pk)
    made.refresh_from_db()
    assert (made.state, made.last_error) == (Order.State.OPEN, "converting")
    with later(3700):
        orders.run(made.pk)
    made.refresh_from_db()
    assert made.state == Order.State.PARKED


def test_a_retried_order_is_a_new_wish(handler: Recorder) -> None:
    handler.answers = [Refused("eip", "bad_request")]
    made = order()
    orders.run(made.pk)
    made.refresh_from_db()
    handler.retry(made, actor=None)
    orders.run(made.pk)
    made.refresh_from_db()
    assert made.state == Order.State.DONE
    assert handler.keys[0] != handler.keys[1]


def test_one_lane_that_fails_holds_up_no_other(handler: Recorder) -> None:
    handler.answers = [Unavailable("edo", "down")]
    bad, good = order("a"), order("b")
    orders.run(bad.pk)
    orders.run(good.pk)
    good.refresh_from_db()
    assert good.state == Order.State.DONE


def test_orders_are_handed_out_once_while_the_message_may_still_arrive() -> None:
    for number in range(5):
        order(f"lane {number}", due_at=clock.now())
    sent: list[int] = []
    assert orders.hand_out(limit=3, send=sent.extend) == 3
    assert orders.hand_out(limit=3, send=sent.extend) == 2
    assert orders.hand_out(limit=3, send=sent.extend) == 0
    assert len(set(sent)) == 5
