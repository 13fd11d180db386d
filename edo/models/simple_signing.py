"""Documents that a client signs with a simple signature: a link and a code by SMS.

63-ФЗ, article 9; docs/signing.md, «Simple signature» has the rules.
"""

import uuid

from django.db import models
from django.db.models import Q

from clients.models import Contact, ContactVersion, SentMessage
from econtract.platform.common import clock
from edo.models.boxes import Box
from edo.models.exchanges import MAX_REASON_LENGTH
from edo.models.signatories import PowerOfAttorney, Signatory

MAX_CODE_ATTEMPTS = 3


class SimpleSigning(models.Model):
    """«Подписание по СМС»: one document that one person is to sign with a simple signature.

    `operation_id` makes its creation idempotent. `state` has the values of
    `edo.channels.protocol.SessionState`. `progress` is how far the client has come: what the card
    and the list show. `signer` is the version of the contact that was identified at
    `identified_at`; the codes go to its phone and to no other. `sender_signature` is the detached
    CMS of our signatory over the document. What happened, and when, is in its `EvidenceRecord`s.
    """

    class State(models.TextChoices):
        SENDING = "sending", "Отправляется"
        AWAITING_CONFIRMATION = "awaiting_confirmation", "Ожидает подтверждения подписанта"
        SENT = "sent", "Ссылка отправлена"
        DELIVERED = "delivered", "Доставлено клиенту"
        SIGNED = "signed", "Подписан клиентом"
        REFUSED = "refused", "Клиент отказался"
        FAILED = "failed", "Не отправлен"
        REVOKED = "revoked", "Отозван"

    class Progress(models.TextChoices):
        """In the order of a usual signing; UNDELIVERED may become DELIVERED again."""

        PREPARING = "preparing", "Готовится"
        SENT = "sent", "Ссылка отправлена"
        UNDELIVERED = "undelivered", "Не доставлена"
        DELIVERED = "delivered", "Доставлена"
        OPENED = "opened", "Открыта"
        READ = "read", "Документ прочитан"
        CODE_SENT = "code_sent", "Код отправлен"
        SIGNED = "signed", "Подписано"
        REFUSED = "refused", "Отказ"
        WRONG_NUMBER = "wrong_number", "Это не номер клиента"
        EXPIRED = "expired", "Срок истек"
        REVOKED = "revoked", "Отозвано"

    UNSENT_STATES = (State.SENDING, State.AWAITING_CONFIRMATION)
    LIVE_STATES = (*UNSENT_STATES, State.SENT, State.DELIVERED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    operation_id = models.UUIDField("Номер операции", unique=True)
    box = models.ForeignKey(Box, models.PROTECT, related_name="+", verbose_name="Наша организация")
    signatory = models.ForeignKey(
        Signatory, models.PROTECT, related_name="+", verbose_name="Подписант"
    )
    power_of_attorney = models.ForeignKey(
        PowerOfAttorney, models.PROTECT, null=True, related_name="+", verbose_name="МЧД"
    )
    signer = models.ForeignKey(
        ContactVersion, models.PROTECT, related_name="+", verbose_name="Кто подписывает"
    )
    identified_at = models.DateTimeField("Идентифицирован", null=True)
    identification_ref = models.CharField("Запрос на идентификацию", max_length=100, blank=True)
    client_inn = models.CharField("ИНН клиента", max_length=12)
    document_sha256 = models.CharField("SHA-256 документа", max_length=64)
    document_number = models.CharField("Номер документа", max_length=100)
    document_kind = models.CharField("Вид документа", max_length=40)
    file_name = models.CharField("Имя файла", max_length=255)
    state = models.CharField("Состояние", max_length=30, choices=State, default=State.SENDING)
    progress = models.CharField(
        "Ход подписания", max_length=20, choices=Progress, default=Progress.PREPARING
    )
    progress_at = models.DateTimeField("Когда", default=clock.now)
    failure = models.CharField("Код ошибки", max_length=40, blank=True)
    reason = models.CharField("Причина", max_length=MAX_REASON_LENGTH, blank=True)
    sender_signature = models.BinaryField("Наша подпись", null=True)
    sender_signed_at = models.DateTimeField("Мы подписали", null=True)
    expires_at = models.DateTimeField("Подписать до")
    created_at = models.DateTimeField("Создано", default=clock.now)
    sent_at = models.DateTimeField("Отправлено", null=True)
    finished_at = models.DateTimeField("Завершено", null=True)
    # How easy it was for the client, 1 to 5.
    rating = models.PositiveSmallIntegerField("Оценка клиента", null=True)
    # Sentences of `edo.evidence_chain.warnings`, when the signed document gets its mark.
    warnings = models.JSONField("Обратите внимание", default=list)

    class Meta:
        verbose_name = "подписание по СМС"
        verbose_name_plural = "подписания по СМС"
        indexes = [models.Index(fields=["progress"], name="simple_signing_progress")]
        constraints = [
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__range=(1, 5)), name="rating_1_to_5"
            )
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.get_state_display()})"

    @property
    def is_live(self) -> bool:
        """Whether the client may still sign the document."""
        return self.state in self.LIVE_STATES


class SigningLink(models.Model):
    """A link that was sent to the client. Only the hash of its token is stored.

    A signing has at most one live link: every later one ends the one before. `encrypted_token` is
    there until the messaging service has accepted the message `message_key`: after a crash the
    same link is sent.
    """

    class End(models.TextChoices):
        USED = "used", "Документ подписан"
        REPLACED = "replaced", "Отправлена новая ссылка"
        EXPIRED = "expired", "Срок истек"
        REFUSED = "refused", "Клиент отказался"
        WRONG_NUMBER = "wrong_number", "Это не номер клиента"
        REVOKED = "revoked", "Документ отозван или заменен"

    signing = models.ForeignKey(SimpleSigning, models.PROTECT, related_name="links")
    token_sha256 = models.CharField(max_length=64, unique=True)
    encrypted_token = models.CharField(max_length=200, blank=True)
    message_key = models.UUIDField(null=True, unique=True)
    channel = models.CharField(
        max_length=5,
        choices=SentMessage.Channel,
        default=SentMessage.Channel.SMS,
        help_text="How the link is sent; codes always go by SMS.",
    )
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=20, choices=End, blank=True)

    class Meta:
        verbose_name = "ссылка на подписание"
        verbose_name_plural = "ссылки на подписание"
        constraints = [
            models.UniqueConstraint(
                fields=["signing"], condition=Q(ended_at=None), name="one_live_link"
            )
        ]

    def __str__(self) -> str:
        return f"Ссылка {self.pk}"


class SigningCode(models.Model):
    """A code that was sent to the client, for exactly one document.

    `mac` is keyed and is what an attempt is checked against. `encrypted_code` is there to send the
    same code again, until the code has been used or has ended.
    """

    signing = models.ForeignKey(SimpleSigning, models.PROTECT, related_name="codes")
    link = models.ForeignKey(SigningLink, models.PROTECT, related_name="codes")
    document_sha256 = models.CharField(max_length=64)
    mac = models.CharField(max_length=64)
    encrypted_code = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField("Последняя отправка", default=clock.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "код подписания"
        verbose_name_plural = "коды подписания"
        constraints = [
            models.UniqueConstraint(
                fields=["signing"], condition=Q(ended_at=None), name="one_live_code"
            ),
            models.CheckConstraint(
                condition=Q(attempts__lte=MAX_CODE_ATTEMPTS), name="code_attempts"
            ),
        ]

    def __str__(self) -> str:
        return f"Код {self.pk}"


class CodeMessage(models.Model):
    """An SMS with a code. `key` is that of the `SentMessage`; a code may be sent several times.

    `recorded_at`: since then the chain says that the provider has accepted it.
    """

    code = models.ForeignKey(SigningCode, models.PROTECT, related_name="messages")
    key = models.UUIDField(unique=True)
    recorded_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "сообщение с кодом"
        verbose_name_plural = "сообщения с кодами"

    def __str__(self) -> str:
        return f"Сообщение {self.key}"


class AgreementText(models.Model):
    """A text that the client accepts before the first signing. A version never changes."""

    class Kind(models.TextChoices):
        ELECTRONIC_INTERACTION = (
            "electronic_interaction",
            "Соглашение об электронном взаимодействии",
        )
        PERSONAL_DATA = "personal_data", "Согласие на обработку персональных данных"

    kind = models.CharField("Вид", max_length=30, choices=Kind)
    version = models.PositiveIntegerField("Версия")
    text = models.TextField("Текст")
    sha256 = models.CharField("SHA-256", max_length=64, editable=False)
    in_force_from = models.DateTimeField("Действует с", default=clock.now)

    class Meta:
        verbose_name = "текст для клиента"
        verbose_name_plural = "тексты для клиента"
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="agreement_version")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, версия {self.version}"


class AgreementAcceptance(models.Model):
    """That a person accepted a text, and whether they have withdrawn it since."""

    contact = models.ForeignKey(Contact, models.PROTECT, related_name="acceptances")
    text = models.ForeignKey(AgreementText, models.PROTECT, related_name="acceptances")
    signing = models.ForeignKey(
        SimpleSigning, models.PROTECT, related_name="acceptances", help_text="Where it happened."
    )
    accepted_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "согласие клиента"
        verbose_name_plural = "согласия клиентов"
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "text"],
                condition=Q(withdrawn_at=None),
                name="one_acceptance_in_force",
            )
        ]

    def __str__(self) -> str:
        return f"{self.text}: {self.accepted_at:%d.%m.%Y}"
