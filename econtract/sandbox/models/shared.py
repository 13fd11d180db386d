"""What all simulators share: global state, faults, the journal of effects, event feeds."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class SandboxState(models.Model):
    """Global state, a single row: clock offset and autopilot."""

    offset_seconds = models.FloatField(default=0)
    autopilot_on = models.BooleanField(default=True)
    autopilot_delay = models.FloatField(default=4)
    # When something will be due (an answer, an expiry, a signature check); null: nothing.
    next_due_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "world"

    def __str__(self) -> str:
        return "SandboxState"

    @classmethod
    def load(cls) -> SandboxState:
        """The row; created with the defaults of the settings when it does not exist."""
        row = cls.objects.filter(pk=1).first()
        return row or cls.objects.get_or_create(pk=1, defaults=cls.defaults())[0]

    @staticmethod
    def defaults() -> dict[str, object]:
        """The state after set-up and reset."""
        return {
            "offset_seconds": 0,
            "autopilot_on": settings.SANDBOX_AUTOPILOT,
            "autopilot_delay": settings.SANDBOX_AUTOPILOT_DELAY,
            "next_due_at": None,
        }


class FaultKind(models.TextChoices):
    """How a system misbehaves (docs/protocols.md, section 11)."""

    SLOW = "slow", "отвечает медленно"
    ERROR = "error", "отвечает ошибкой"
    DOWN = "down", "не отвечает"
    LOST_ANSWER = "lost_answer", "выполняет, но ответ теряется"
    ANSWER_TWICE = "answer_twice", "повторяет события"
    REORDERED = "reordered", "отдает события в обратном порядке"
    STILL_RUNNING = "still_running", "операция еще выполняется (ЭДО)"
    POWER_OF_ATTORNEY_LOST = "power_of_attorney_lost", "теряет МЧД (ЭДО)"
    SENDER_SIGNATURE_INVALID = "sender_signature_invalid", "не признает нашу подпись (ЭДО)"
    POWER_OF_ATTORNEY_LATE = "power_of_attorney_late", "проверяет МЧД позже (ЭДО)"
    POWER_OF_ATTORNEY_INVALID = "power_of_attorney_invalid", "признает МЧД недействительной (ЭДО)"
    DEPRECATED = "deprecated", "объявляет метод устаревшим (ЭДО)"
    REFRESH_TOKEN_REPLACED = "refresh_token_replaced", "заменяет refresh-токен (ЭДО)"
    CONFIRMATION_EXPIRED = "confirmation_expired", "запрос на телефоне сразу истекает (DSS, ЭДО)"
    UNDELIVERED = "undelivered", "принимает, но не доставляет (СМС и почта)"
    REPORT_LOST = "report_lost", "теряет отчет о доставке (СМС и почта)"
    WRONG_DOCUMENT = "wrong_document", "подписывает другой документ (DSS, ЭДО)"


class Fault(models.Model):
    """A simulated fault. It is active while `times_left` is positive, or null: until removed."""

    system = models.CharField(max_length=20)
    path_contains = models.CharField(max_length=100, blank=True)
    kind = models.CharField(max_length=30, choices=FaultKind)
    times_left = models.PositiveIntegerField(null=True)
    seconds = models.FloatField(default=3)
    status = models.PositiveSmallIntegerField(default=500)
    code = models.CharField(max_length=60, default="simulated_error")
    drop = models.BooleanField(default=False)

    class Meta:
        db_table = "fault"

    def __str__(self) -> str:
        return f"{self.system}: {self.kind}"


class SystemJournalEntry(models.Model):
    """A command: its stored response for idempotency and, when `effective`, a real effect.

    The idempotency key is unique within its system; actions of people and the autopilot have none.
    """

    system = models.CharField(max_length=20)
    action = models.CharField(max_length=30)
    actor = models.CharField(max_length=20, default="api")
    key = models.CharField(max_length=100, null=True)
    digest = models.CharField(max_length=64, blank=True)
    status = models.PositiveSmallIntegerField(default=200)
    body = models.JSONField(null=True)
    effective = models.BooleanField(default=True)
    reference = models.CharField(max_length=100, blank=True)
    ref = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField()
    repeats = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "journal"
        constraints = [models.UniqueConstraint("system", "key", name="journal_key_once")]
        indexes = [models.Index(fields=["system", "effective", "id"], name="journal_by_system")]

    def __str__(self) -> str:
        return f"{self.system} {self.action} {self.ref}"


class FeedEvent(models.Model):
    """An event in a system's feed; its primary key is the cursor."""

    system = models.CharField(max_length=20)
    type = models.CharField(max_length=30)
    ref = models.CharField(max_length=100)
    at = models.DateTimeField()
    payload = models.JSONField(default=dict)

    class Meta:
        db_table = "event"
        indexes = [models.Index(fields=["system", "id"], name="event_by_system")]

    def __str__(self) -> str:
        return f"{self.system} {self.type} {self.ref}"
