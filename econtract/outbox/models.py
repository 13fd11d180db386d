"""Orders for outside calls, written with the change that wants them, and what came back.

An order is done when the transaction that records its result commits: a worker that dies
anywhere before leaves it open, and the next one repeats it with the same idempotency key.
"""

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from econtract.common import clock

FIRST_PAUSE_SECONDS = 2
LONGEST_PAUSE_SECONDS = 300


class OrderQuerySet(models.QuerySet["Order"]):
    def open(self) -> "OrderQuerySet":
        return self.filter(state=Order.State.OPEN)

    def parked(self) -> "OrderQuerySet":
        return self.filter(state=Order.State.PARKED)

    def about(self, lane: str) -> "OrderQuerySet":
        """Orders of ``lane`` and of its branches («task:7» has the branch «task:7:messages»)."""
        return self.filter(Q(lane=lane) | Q(lane__startswith=f"{lane}:"))

    def claimable(self) -> "OrderQuerySet":
        """Due, leased to nobody, and first in their lane: one lane's orders run in sequence."""
        now = clock.now()
        earlier = Order.objects.open().filter(lane=OuterRef("lane"), pk__lt=OuterRef("pk"))
        return (
            self.open()
            .filter(due_at__lte=now)
            .filter(Q(lease_until__isnull=True) | Q(lease_until__lt=now))
            .filter(~Exists(earlier))
        )


class Order(models.Model):
    """One outside call to be made (or a date to act on, with `due_at` ahead)."""

    class State(models.TextChoices):
        OPEN = "open", "В работе"
        DONE = "done", "Выполнено"
        PARKED = "parked", "Отложено с ошибкой"

    kind = models.CharField("Действие", max_length=60)
    subject = models.BigIntegerField("Объект")
    lane = models.CharField("Очередь", max_length=100)
    payload = models.JSONField("Данные", default=dict, blank=True)
    key = models.UUIDField("Ключ идемпотентности", default=uuid.uuid4, unique=True)
    state = models.CharField("Состояние", max_length=10, choices=State, default=State.OPEN)
    attempts = models.PositiveIntegerField("Попыток", default=0)
    due_at = models.DateTimeField("Выполнить не раньше", default=clock.now)
    handed_out_until = models.DateTimeField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    lease_token = models.UUIDField(null=True, editable=False)
    last_error = models.CharField("Последняя ошибка", max_length=1000, blank=True)
    created_at = models.DateTimeField("Создано", default=clock.now)
    closed_at = models.DateTimeField("Закрыто", null=True, blank=True)
    request_id = models.CharField("Запрос", max_length=64, blank=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = "внешний вызов"
        verbose_name_plural = "внешние вызовы"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["due_at"], name="order_due", condition=Q(state="open")),
            models.Index(fields=["lane", "id"], name="order_lane", condition=Q(state="open")),
            models.Index(fields=["subject", "kind"], name="order_subject"),
            models.Index(fields=["closed_at"], name="order_parked", condition=Q(state="parked")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    @classmethod
    def claim(cls, pk: int) -> "Order | None":
        """Leases the order to the caller; None when it is not to be worked on now."""
        token = uuid.uuid4()
        lease_until = clock.now() + timedelta(seconds=settings.ORDER_LEASE_SECONDS)
        claimed = (
            cls.objects.claimable()
            .filter(pk=pk)
            .update(lease_token=token, lease_until=lease_until, attempts=F("attempts") + 1)
        )
        return cls.objects.get(pk=pk) if claimed else None

    def take(self) -> bool:
        """Closes the order inside the transaction that records its result.

        False when another worker has taken it meanwhile: the caller then changes nothing.
        """
        return self._while_leased(state=self.State.DONE, closed_at=clock.now(), last_error="")

    def hold(self) -> bool:
        """Whether the lease is still ours; locks the row until the transaction ends."""
        return self._while_leased(lease_token=self.lease_token)

    def park(self, error: str) -> bool:
        """Sets the order aside where an administrator sees it."""
        return self._while_leased(
            state=self.State.PARKED, closed_at=clock.now(), last_error=error[:1000]
        )

    def postpone(self, error: str, *, seconds: float) -> bool:
        """Gives the order back, due again in ``seconds``."""
        return self._while_leased(
            due_at=clock.now() + timedelta(seconds=seconds),
            lease_until=None,
            handed_out_until=None,
            last_error=error[:1000],
        )

    def reopen(self) -> None:
        """Starts a parked order afresh, with a new idempotency key: a person wants it again."""
        Order.objects.parked().filter(pk=self.pk).update(
            state=self.State.OPEN,
            key=uuid.uuid4(),
            attempts=0,
            due_at=clock.now(),
            closed_at=None,
            lease_until=None,
            handed_out_until=None,
        )

    @property
    def pause(self) -> float:
        """Seconds to wait before the next attempt: doubling, up to five minutes."""
        return float(min(FIRST_PAUSE_SECONDS * 2 ** (self.attempts - 1), LONGEST_PAUSE_SECONDS))

    def _while_leased(self, **changes: Any) -> bool:
        mine = Order.objects.open().filter(pk=self.pk, lease_token=self.lease_token)
        return bool(mine.update(**changes))


class InboundEvent(models.Model):
    """What an outside system told us; stored before it is acted on, once per identifier."""

    source = models.CharField("Источник", max_length=100)
    external_id = models.CharField("Номер события", max_length=200)
    payload = models.JSONField("Данные")
    received_at = models.DateTimeField("Получено", default=clock.now)
    handled_at = models.DateTimeField("Обработано", null=True, blank=True)
    outcome = models.CharField("Итог", max_length=200, blank=True)

    class Meta:
        verbose_name = "входящее событие"
        verbose_name_plural = "входящие события"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="event_once_a_source")
        ]
        indexes = [
            models.Index(
                fields=["source", "id"], name="event_waiting", condition=Q(handled_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.external_id}"


class FeedCursor(models.Model):
    """How far a source's feed has been read; moved only together with the stored events."""

    source = models.CharField(max_length=100, unique=True)
    value = models.CharField(max_length=200, blank=True)
    polling_until = models.DateTimeField(null=True)
    problem = models.CharField(max_length=500, blank=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "лента событий"
        verbose_name_plural = "ленты событий"

    def __str__(self) -> str:
        return self.source
