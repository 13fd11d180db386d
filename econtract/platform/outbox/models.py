"""Orders for outside calls, written with the change that wants them, and what came back.

An order is done when the transaction that records its result commits: a worker that dies
anywhere before leaves it open, and the next one repeats it with the same idempotency key.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.db.models import Q
from django.db.models.expressions import RawSQL

from econtract.platform.common import clock

FIRST_PAUSE_SECONDS = 2
LONGEST_PAUSE_SECONDS = 300

# Due, leased to nobody, and first in their lane: one lane's orders run in sequence. In SQL, for a
# worker asks it before every step, and Django took longer to put it together than to have it done.
CLAIMABLE = """
    outbox_order.state = 'open' AND outbox_order.due_at <= %s
    AND (outbox_order.lease_until IS NULL OR outbox_order.lease_until < %s)
    AND NOT EXISTS (
        SELECT 1 FROM outbox_order AS earlier
        WHERE earlier.state = 'open' AND earlier.lane = outbox_order.lane
        AND earlier.id < outbox_order.id
    )
"""
CLAIM = f"""
    UPDATE outbox_order SET lease_token = %s, lease_until = %s, attempts = attempts + 1
    WHERE id = %s AND {CLAIMABLE} RETURNING *
"""  # noqa: S608  (nothing but constants)


class OrderQuerySet(models.QuerySet["Order"]):
    def open(self) -> "OrderQuerySet":
        return self.filter(state=Order.State.OPEN)

    def parked(self) -> "OrderQuerySet":
        return self.filter(state=Order.State.PARKED)

    def about(self, lane: str) -> "OrderQuerySet":
        """Orders of ``lane`` and of its branches («task:7» has the branch «task:7:messages»)."""
        return self.filter(Q(lane=lane) | Q(lane__startswith=f"{lane}:"))

    def claimable(self) -> "OrderQuerySet":
        """What `CLAIMABLE` says."""
        now = _stored(clock.now())
        return self.filter(RawSQL(CLAIMABLE, [now, now], models.BooleanField()))  # noqa: S611


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
        now, token = clock.now(), Order._meta.get_field("lease_token")
        until = now + timedelta(seconds=settings.ORDER_LEASE_SECONDS)
        mine = token.get_db_prep_value(uuid.uuid4(), connection)
        facts = [mine, _stored(until), pk, _stored(now), _stored(now)]
        claimed = list(cls.objects.raw(CLAIM, facts))
        return claimed[0] if claimed else None

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


def _stored(moment: datetime) -> Any:
    """A moment as the database at hand keeps it."""
    return connection.ops.adapt_datetimefield_value(moment)


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

    source = models.CharField("Источник", max_length=100, unique=True)
    value = models.CharField("Прочитано до", max_length=200, blank=True)
    polling_until = models.DateTimeField("Читается до", null=True)
    problem = models.CharField("Ошибка", max_length=500, blank=True)
    read_at = models.DateTimeField("Прочитано", null=True)

    class Meta:
        verbose_name = "лента событий"
        verbose_name_plural = "ленты событий"

    def __str__(self) -> str:
        return self.source
