"""Messages to clients: SMS and e-mails that were sent, or are being sent."""

from django.db import models

from clients.models.client import Client
from econtract.platform.common import clock

MAX_REASON_LENGTH = 60


class SentMessage(models.Model):
    """One SMS or e-mail. It stores no whole address, no code and no link.

    ``key`` is our own number of the message at the provider. ``state`` only moves forward
    (`clients.messages.reports.record_state`). ``reason`` is a code of `clients.messages.reasons`,
    or one that only the provider knows.
    """

    class Channel(models.TextChoices):
        SMS = "sms", "СМС"
        EMAIL = "email", "Почта"

    class State(models.TextChoices):
        """In the order of a usual delivery."""

        QUEUED = "queued", "Отправляется"
        ACCEPTED = "accepted", "Принято к отправке"
        SENT = "sent", "Отправлено"
        UNKNOWN = "unknown", "Отчета о доставке нет"
        FAILED = "failed", "Не доставлено"
        DELIVERED = "delivered", "Доставлено"

    # On the way: the provider still owes a report of these.
    IN_TRANSIT_STATES = (State.ACCEPTED, State.SENT)

    key = models.UUIDField("Номер сообщения", unique=True)
    channel = models.CharField("Канал", max_length=5, choices=Channel)
    template = models.CharField("Шаблон", max_length=60)
    client = models.ForeignKey(
        Client, models.SET_NULL, null=True, related_name="+", verbose_name="Клиент"
    )
    to_masked = models.CharField("Кому", max_length=100)
    text = models.TextField("Текст", blank=True, help_text="Код и ссылка закрыты точками.")
    text_sha256 = models.CharField("SHA-256 текста", max_length=64)
    parts = models.PositiveSmallIntegerField("Частей СМС", default=0)
    provider_ref = models.CharField("Номер у провайдера", max_length=100, blank=True)
    state = models.CharField("Состояние", max_length=10, choices=State, default=State.QUEUED)
    reason = models.CharField("Причина", max_length=MAX_REASON_LENGTH, blank=True)
    # How often a call to the provider was started, and until when the latest one may be running.
    attempts = models.PositiveIntegerField("Попыток", default=0)
    attempt_until = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField("Создано", default=clock.now)
    state_at = models.DateTimeField("Когда", default=clock.now)
    sent_at = models.DateTimeField("Принято провайдером", null=True)
    delivered_at = models.DateTimeField("Доставлено", null=True)

    class Meta:
        verbose_name = "сообщение клиенту"
        verbose_name_plural = "сообщения клиентам"
        indexes = [
            models.Index(fields=["created_at"], name="message_by_time"),
            models.Index(
                fields=["state_at"],
                name="message_travelling",
                condition=models.Q(state__in=("accepted", "sent")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.to_masked}"


class MessageCount(models.Model):
    """How many messages each hour of the last day had: `clients.messages.limits`.

    ``subject`` is an address by its digest, a client, or all messages. ``hours`` maps the
    beginning of an hour (ISO 8601, UTC) to a number. One row for a subject, because whoever counts
    locks it.
    """

    subject = models.CharField("Чего", max_length=80, unique=True)
    hours = models.JSONField("По часам", default=dict)
    counted_at = models.DateTimeField("Последнее", default=clock.now)

    class Meta:
        verbose_name = "счетчик сообщений"
        verbose_name_plural = "счетчики сообщений"

    def __str__(self) -> str:
        return self.subject
