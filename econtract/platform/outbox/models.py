"""Outbox jobs, stored in the transaction of the change that causes them, and inbound events.

A job is done when the transaction that stores its result commits. If a worker dies before that,
the job stays open, and the next worker repeats it with the same idempotency key.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.db.models import Q
from django.db.models.expressions import RawSQL

from econtract.platform.common import clock
from econtract.platform.outbox.failures import (
    MAX_CODE_LENGTH,
    MAX_TEXT_LENGTH,
    NO_ERROR,
    ErrorKind,
    error_columns,
    error_summary,
)

FIRST_RETRY_SECONDS = 2
MAX_RETRY_SECONDS = 300

# Due, not leased, and first of its queue key: jobs with the same key run one after another.
# Raw SQL, because every step starts with it and building the query took Django longer than the
# database needed to run it.
CLAIMABLE = """
    outbox_outboxjob.state = 'open' AND outbox_outboxjob.due_at <= %s
    AND (outbox_outboxjob.lease_until IS NULL OR outbox_outboxjob.lease_until < %s)
    AND NOT EXISTS (
        SELECT 1 FROM outbox_outboxjob AS earlier
        WHERE earlier.state = 'open' AND earlier.queue_key = outbox_outboxjob.queue_key
        AND earlier.id < outbox_outboxjob.id
    )
"""
CLAIM = f"""
    UPDATE outbox_outboxjob SET lease_token = %s, lease_until = %s, attempts = attempts + 1
    WHERE id = %s AND {CLAIMABLE} RETURNING *
"""  # noqa: S608  (constants only)


class OutboxJobQuerySet(models.QuerySet["OutboxJob"]):
    def open(self) -> "OutboxJobQuerySet":
        return self.filter(state=OutboxJob.State.OPEN)

    def parked(self) -> "OutboxJobQuerySet":
        return self.filter(state=OutboxJob.State.PARKED)

    def in_queue(self, queue_key: str) -> "OutboxJobQuerySet":
        """Jobs of ``queue_key`` and of its sub-queues («task:7» includes «task:7:sms»)."""
        return self.filter(Q(queue_key=queue_key) | Q(queue_key__startswith=f"{queue_key}:"))

    def claimable(self) -> "OutboxJobQuerySet":
        """Jobs that `OutboxJob.claim` would lease now."""
        now = _db_datetime(clock.now())
        return self.filter(RawSQL(CLAIMABLE, [now, now], models.BooleanField()))  # noqa: S611


class OutboxJob(models.Model):
    """An outside call, or something to do at a given time (`due_at` in the future)."""

    class State(models.TextChoices):
        OPEN = "open", "В работе"
        DONE = "done", "Выполнено"
        PARKED = "parked", "Отложено с ошибкой"

    kind = models.CharField("Действие", max_length=60)
    # Primary key of the object that the job is about; the kind says of which model.
    subject = models.BigIntegerField("Объект")
    queue_key = models.CharField("Очередь", max_length=100)
    payload = models.JSONField("Данные", default=dict, blank=True)
    # The idempotency key of the outside call.
    key = models.UUIDField("Ключ идемпотентности", default=uuid.uuid4, unique=True)
    state = models.CharField("Состояние", max_length=10, choices=State, default=State.OPEN)
    # Counted when a worker claims the job: a worker that dies cannot count its attempt later.
    attempts = models.PositiveIntegerField("Попыток", default=0)
    due_at = models.DateTimeField("Выполнить не раньше", default=clock.now)
    # A worker has been sent a message about the job; until then it is not sent again.
    dispatched_until = models.DateTimeField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    lease_token = models.UUIDField(null=True, editable=False)
    # Why the last attempt failed; "" when it did not. No personal data: see `error_columns`.
    error_kind = models.CharField("Вид ошибки", max_length=20, choices=ErrorKind, blank=True)
    error_system = models.CharField("Система с ошибкой", max_length=50, blank=True)
    error_code = models.CharField("Код ошибки", max_length=MAX_CODE_LENGTH, blank=True)
    error_text = models.CharField("Текст ошибки", max_length=MAX_TEXT_LENGTH, blank=True)
    created_at = models.DateTimeField("Создано", default=clock.now)
    closed_at = models.DateTimeField("Закрыто", null=True, blank=True)
    request_id = models.CharField("Запрос", max_length=64, blank=True)

    objects = OutboxJobQuerySet.as_manager()

    class Meta:
        verbose_name = "внешний вызов"
        verbose_name_plural = "внешние вызовы"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["due_at"], name="outboxjob_due", condition=Q(state="open")),
            models.Index(
                fields=["queue_key", "id"], name="outboxjob_queue", condition=Q(state="open")
            ),
            models.Index(fields=["subject", "kind"], name="outboxjob_subject"),
            models.Index(
                fields=["closed_at"], name="outboxjob_parked", condition=Q(state="parked")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    @classmethod
    def claim(cls, pk: int) -> "OutboxJob | None":
        """Leases the job to the caller; None when it may not run now."""
        now = clock.now()
        token_field = OutboxJob._meta.get_field("lease_token")
        token = token_field.get_db_prep_value(uuid.uuid4(), connection)
        until = now + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)
        params = [token, _db_datetime(until), pk, _db_datetime(now), _db_datetime(now)]
        rows = list(cls.objects.raw(CLAIM, params))
        return rows[0] if rows else None

    def complete(self) -> bool:
        """Marks the job as done, inside the transaction that stores its result.

        False when the lease has been lost to another worker: the caller must then store nothing.
        """
        earlier_error = NO_ERROR if self.error_kind else {}
        return self._update_if_leased(state=self.State.DONE, closed_at=clock.now(), **earlier_error)

    def still_leased(self) -> bool:
        """Whether the lease is still ours; locks the row until the transaction ends."""
        return self._update_if_leased(lease_token=self.lease_token)

    def park(self, error: Exception) -> bool:
        """Stops trying: the job waits in the admin until an administrator repeats it."""
        return self._update_if_leased(
            state=self.State.PARKED, closed_at=clock.now(), **error_columns(error)
        )

    def postpone(self, error: Exception, *, seconds: float, is_failure: bool = True) -> bool:
        """Releases the lease; the job is due again in ``seconds``.

        An attempt that only had to wait for our own work (``is_failure`` false) is not counted.
        """
        return self._update_if_leased(
            attempts=self.attempts if is_failure else self.attempts - 1,
            due_at=clock.now() + timedelta(seconds=seconds),
            lease_until=None,
            dispatched_until=None,
            **error_columns(error),
        )

    def close(self) -> None:
        """Marks a parked job as done: another job has replaced it."""
        OutboxJob.objects.parked().filter(pk=self.pk).update(state=self.State.DONE)

    def park_done(self, error: Exception) -> bool:
        """Parks a job that was done, because what it did turned out to have failed."""
        done = OutboxJob.objects.filter(pk=self.pk, state=self.State.DONE)
        return bool(
            done.update(state=self.State.PARKED, closed_at=clock.now(), **error_columns(error))
        )

    def reopen(self, *, keeps_key: bool = False) -> None:
        """Starts a parked job again at an administrator's request.

        It has a new idempotency key, unless the last call may still have succeeded.
        """
        OutboxJob.objects.parked().filter(pk=self.pk).update(
            state=self.State.OPEN,
            key=self.key if keeps_key else uuid.uuid4(),
            attempts=0,
            due_at=clock.now(),
            closed_at=None,
            lease_until=None,
            dispatched_until=None,
        )

    @property
    def last_error(self) -> str:
        """The last attempt's error in one line, for administrators."""
        return error_summary(self.error_kind, self.error_system, self.error_code, self.error_text)

    @property
    def retry_delay(self) -> float:
        """Seconds until the next attempt: doubles with every attempt, up to five minutes."""
        return float(min(FIRST_RETRY_SECONDS * 2 ** (self.attempts - 1), MAX_RETRY_SECONDS))

    def _update_if_leased(self, **changes: Any) -> bool:
        ours = OutboxJob.objects.open().filter(pk=self.pk, lease_token=self.lease_token)
        return bool(ours.update(**changes))


def _db_datetime(moment: datetime) -> Any:
    """``moment`` in the form that the current database backend stores."""
    return connection.ops.adapt_datetimefield_value(moment)


class InboundEvent(models.Model):
    """An event from an outside system's feed. Stored before it is handled, once per identifier."""

    source = models.CharField("Источник", max_length=100)
    external_id = models.CharField("Номер события", max_length=200)
    payload = models.JSONField("Данные")
    received_at = models.DateTimeField("Получено", default=clock.now)
    # An event that could not be handled yet is put off, so that it does not hold up later ones.
    due_at = models.DateTimeField("Обработать не раньше", default=clock.now)
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
                fields=["source", "due_at", "id"],
                name="event_due",
                condition=Q(handled_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.external_id}"


class FeedCursor(models.Model):
    """How far a source's feed has been read; saved in the same transaction as the events."""

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
