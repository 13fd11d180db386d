"""Writing orders, handing them to workers, and running one."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from econtract.platform.common import clock
from econtract.platform.common.errors import NotReadyYet, Refused, Unavailable
from econtract.platform.common.requests import current_request_id, start_request_id
from econtract.platform.outbox import registry
from econtract.platform.outbox.models import Order

log = logging.getLogger(__name__)

# A message to a worker may be lost: after this long the order is handed out once more.
HAND_OUT_AGAIN = timedelta(seconds=10)
LONGEST_WAIT_FOR_OURSELVES = timedelta(hours=1)

_publishing: ContextVar[bool] = ContextVar("publishing", default=True)
_gathered: ContextVar[list[Order] | None] = ContextVar("gathered", default=None)


def enqueue(
    *,
    kind: str,
    subject: int,
    lane: str,
    payload: dict[str, Any] | None = None,
    due_at: datetime | None = None,
) -> Order:
    """Writes an order in the caller's transaction; a worker hears of it after the commit.

    Inside `together` it is written, and gets its number, at the end of the block. Orders of one
    ``lane`` run one after another. With ``due_at`` the order waits for its date. Raises
    TransactionManagementError outside of a transaction: an order without the change that wants it
    would be the very fault the outbox exists against.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("An order is written with its change.")
    now = clock.now()
    order = Order(
        kind=kind,
        subject=subject,
        lane=lane,
        payload=payload or {},
        due_at=due_at or now,
        handed_out_until=None if due_at else now + HAND_OUT_AGAIN,
        created_at=now,
        request_id=current_request_id(),
    )
    gathered = _gathered.get()
    if gathered is None:
        _write([order])
    else:
        gathered.append(order)
    return order


@contextmanager
def together() -> Iterator[None]:
    """The block's orders are written at its end, in one statement, in the order of their coming."""
    gathered: list[Order] = []
    token = _gathered.set(gathered)
    try:
        yield
    finally:
        _gathered.reset(token)
    _write(gathered)


def _write(orders: list[Order]) -> None:
    Order.objects.bulk_create(orders)
    due = [order.pk for order in orders if order.handed_out_until]
    if due and _publishing.get():
        transaction.on_commit(lambda: publish(due), robust=True)


@contextmanager
def unpublished() -> Iterator[None]:
    """Within the block workers are not told of new orders; the next hand-out finds them.

    For one who works the orders off himself, as the demonstration's past is made.
    """
    token = _publishing.set(False)
    try:
        yield
    finally:
        _publishing.reset(token)


def publish(order_ids: Sequence[int]) -> None:
    """Tells the workers. A broker that is down is no failure: the hand-out repeats it."""
    from econtract.platform.outbox.jobs import run_order

    with run_order.app.producer_or_acquire() as producer:
        for order_id in order_ids:
            run_order.apply_async((order_id,), producer=producer, retry=False)


def hand_out(limit: int = 100, *, send: Callable[[Sequence[int]], None] = publish) -> int:
    """Hands due orders that nobody works on to the workers; returns how many."""
    now = clock.now()
    skips = connection.features.has_select_for_update_skip_locked
    with transaction.atomic():
        free = Order.objects.claimable().exclude(handed_out_until__gt=now)
        ids = list(
            free.select_for_update(of=("self",) if skips else (), skip_locked=skips)
            .order_by("due_at")
            .values_list("pk", flat=True)[:limit]
        )
        Order.objects.filter(pk__in=ids).update(handed_out_until=now + HAND_OUT_AGAIN)
    if ids:
        send(ids)
    return len(ids)


def run(order_id: int) -> None:
    """Works on one order, if it is anybody's turn. Never raises: the outcome is in the row."""
    order = Order.claim(order_id)
    if order is None:
        # Perhaps behind another of its lane: let the next hand-out see it at once.
        Order.objects.open().filter(pk=order_id, lease_until=None).update(handed_out_until=None)
        return
    start_request_id(order.request_id or None)
    try:
        registry.handler_for(order.kind).run(order)
    except NotReadyYet as wait:
        if clock.now() - order.created_at > LONGEST_WAIT_FOR_OURSELVES:
            _give_up(order, wait)
        else:
            order.postpone(str(wait), seconds=wait.seconds)
    except Unavailable as error:
        _try_later(order, error, error.retry_after)
    except Refused as error:
        _give_up(order, error)
    except Exception as error:
        log.exception("order failed kind=%s order=%s", order.kind, order.pk)
        _try_later(order, error, None)


def _try_later(order: Order, error: Exception, retry_after: float | None) -> None:
    if order.attempts >= settings.ORDER_ATTEMPTS:
        _give_up(order, error)
        return
    seconds = max(order.pause, retry_after or 0)
    order.postpone(_in_words(error), seconds=seconds)
    log.warning(
        "order postponed kind=%s order=%s attempts=%s seconds=%s",
        order.kind,
        order.pk,
        order.attempts,
        seconds,
    )


def _give_up(order: Order, error: Exception) -> None:
    with transaction.atomic():
        if not order.hold():
            return
        registry.handler_for(order.kind).on_spent(order, error)
        order.park(_in_words(error))
    log.error("order parked kind=%s order=%s attempts=%s", order.kind, order.pk, order.attempts)


def _in_words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
