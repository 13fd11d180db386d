"""Celery jobs of the outbox. A job that is lost or repeated changes nothing but the delay."""

from celery import shared_task

from econtract.platform.outbox import inbound, orders


@shared_task(name="outbox.run_order")
def run_order(order_id: int) -> None:
    """Works on one order."""
    orders.run(order_id)


@shared_task(name="outbox.hand_out", expires=10)
def hand_out() -> None:
    """Hands out due orders until none is left."""
    while orders.hand_out() == 100:
        pass


@shared_task(name="outbox.poll_feeds", expires=10)
def poll_feeds() -> None:
    """Reads the outside systems' feeds."""
    inbound.poll_all()
