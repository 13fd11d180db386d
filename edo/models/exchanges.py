"""Documents sent through an EDO operator."""

import uuid
from typing import Any

from django.db import models

from econtract.platform.common import clock
from econtract.platform.outbox.leases import fenced_transaction
from edo.models.boxes import Box
from edo.models.signatories import PowerOfAttorney, Signatory

MAX_REASON_LENGTH = 1000


class Exchange(models.Model):
    """«Обмен документом»: one document sent to one client through an EDO operator.

    `operation_id` is the idempotency key of the operator: it never creates a second document for
    the same value. `attempted_at` is stored before the first call that can create the document,
    so without it the operator certainly has none. `failure` is the stable code of the text in
    `reason`. All signatures are detached CMS over the document.

    `shelf_name` is the operator's name of the uploaded PDF, which it keeps for some days.
    `document_digests` has the PDF's hexadecimal digests by algorithm, beside its SHA-256.
    `recipient_verdict` is our verdict on the client's signature (`edo.channels.operator.verdicts`),
    `operator_verdict` that of the operator. `revocation_request` is what the signatory signs to
    revoke the document.
    """

    class State(models.TextChoices):
        SENDING = "sending", "Отправляется"
        AWAITING_CONSENT = "awaiting_consent", "Ожидает согласия клиента на обмен"
        AWAITING_CONFIRMATION = "awaiting_confirmation", "Ожидает подтверждения подписанта"
        SENT = "sent", "Отправлен оператору"
        DELIVERED = "delivered", "Доставлен клиенту"
        UNVERIFIED = "unverified", "Подпись клиента не удалось проверить"
        SIGNED = "signed", "Подписан клиентом"
        REFUSED = "refused", "Клиент отказался"
        FAILED = "failed", "Не принят оператором"
        REVOKED = "revoked", "Отозван"

    class OperatorVerdict(models.TextChoices):
        VALID = "valid", "Действительна"
        INVALID = "invalid", "Недействительна"
        UNKNOWN = "unknown", "Нет сведений"

    class RevocationState(models.TextChoices):
        NONE = "", "Нет"
        REQUESTED_BY_US = "requested_by_us", "Мы предложили аннулировать"
        REQUESTED_BY_CLIENT = "requested_by_client", "Клиент предложил аннулировать"
        REJECTED = "rejected", "В аннулировании отказано"

    # Nothing is at the operator yet, unless an answer of it was lost.
    UNSENT_STATES = (State.SENDING, State.AWAITING_CONSENT, State.AWAITING_CONFIRMATION)
    LIVE_STATES = (*UNSENT_STATES, State.SENT, State.DELIVERED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    operation_id = models.UUIDField("Номер операции", unique=True)
    box = models.ForeignKey(Box, models.PROTECT, related_name="exchanges", verbose_name="ЛК ЭДО")
    signatory = models.ForeignKey(
        Signatory, models.PROTECT, related_name="exchanges", verbose_name="Подписант"
    )
    power_of_attorney = models.ForeignKey(
        PowerOfAttorney, models.PROTECT, null=True, verbose_name="МЧД"
    )
    recipient_inn = models.CharField("ИНН клиента", max_length=12)
    recipient_kpp = models.CharField("КПП клиента", max_length=9, blank=True)
    recipient_box_id = models.CharField("Ящик клиента", max_length=100, blank=True)
    recipient_address_id = models.CharField(
        "Ящик, который выбрал менеджер", max_length=200, blank=True
    )
    recipient_department_id = models.CharField("Подразделение клиента", max_length=100, blank=True)
    recipient_box_title = models.CharField("Название ящика клиента", max_length=300, blank=True)
    document_sha256 = models.CharField("SHA-256 документа", max_length=64)
    document_digests = models.JSONField("Хеши документа", default=dict, blank=True)
    document_number = models.CharField("Номер документа", max_length=100)
    document_kind = models.CharField("Вид документа", max_length=40)
    contract_number = models.CharField("Номер основного договора", max_length=100, blank=True)
    contract_date = models.DateField("Дата основного договора", null=True)
    file_name = models.CharField("Имя файла", max_length=255)
    state = models.CharField("Состояние", max_length=30, choices=State, default=State.SENDING)
    failure = models.CharField("Код ошибки", max_length=40, blank=True)
    reason = models.CharField("Причина", max_length=MAX_REASON_LENGTH, blank=True)
    waits_until = models.DateTimeField("Ждать до", null=True)
    invited_at = models.DateTimeField("Клиент приглашен", null=True)
    shelf_name = models.CharField("Имя на полке оператора", max_length=200, blank=True)
    shelved_at = models.DateTimeField("Загружен на полку", null=True)
    attempted_at = models.DateTimeField("Первая попытка", null=True)
    message_id = models.CharField(
        "Сообщение у оператора", max_length=100, blank=True, db_index=True
    )
    document_id = models.CharField("Документ у оператора", max_length=100, blank=True)
    sender_signature = models.BinaryField("Наша подпись", null=True)
    recipient_signature = models.BinaryField("Подпись клиента", null=True)
    recipient_signature_stamped = models.BinaryField(
        "Подпись клиента со штампом времени", null=True
    )
    recipient_signed_at = models.DateTimeField("Клиент подписал", null=True)
    recipient_verdict = models.JSONField("Наша проверка подписи клиента", default=dict, blank=True)
    operator_verdict = models.CharField(
        "Проверка оператора",
        max_length=10,
        choices=OperatorVerdict,
        default=OperatorVerdict.UNKNOWN,
    )
    revocation_request = models.BinaryField("Запрос на аннулирование", null=True)
    revocation_file_name = models.CharField("Имя файла предложения", max_length=255, blank=True)
    revocation = models.CharField(
        "Аннулирование",
        max_length=20,
        choices=RevocationState,
        default=RevocationState.NONE,
        blank=True,
    )
    created_at = models.DateTimeField("Создан", default=clock.now)
    sent_at = models.DateTimeField("Отправлен", null=True)
    delivered_at = models.DateTimeField("Доставлен", null=True)
    finished_at = models.DateTimeField("Завершен", null=True)

    class Meta:
        verbose_name = "обмен документом"
        verbose_name_plural = "обмены документами"

    def __str__(self) -> str:
        return f"{self.file_name} ({self.get_state_display()})"

    @property
    def is_unsent(self) -> bool:
        """Whether the sending has not ended yet: `send` goes on."""
        return self.state in self.UNSENT_STATES

    @property
    def is_live(self) -> bool:
        """Whether the operator may have a document that the client can still sign."""
        return self.state in self.LIVE_STATES

    def update_if(self, changes: dict[str, Any], **conditions: Any) -> bool:
        """Store ``changes`` if the row still meets ``conditions``, and refresh the object.

        Two workers that do this at the same time cannot overwrite each other. Raises LeaseLost
        in a job that another worker has taken over.
        """
        with fenced_transaction():
            updated = Exchange.objects.filter(pk=self.pk, **conditions).update(**changes)
        self.refresh_from_db()
        return bool(updated)

    def close(
        self, state: State, changes: dict[str, Any] | None = None, /, **conditions: Any
    ) -> bool:
        """`update_if` to a final state; without ``conditions``, if the exchange is still live."""
        final = {"state": state, "finished_at": clock.now(), **(changes or {})}
        return self.update_if(final, **(conditions or {"state__in": self.LIVE_STATES}))

    def fail(self, code: str, reason: str, /, **conditions: Any) -> bool:
        """`close` with the state FAILED."""
        changes = {"failure": code, "reason": reason[:MAX_REASON_LENGTH]}
        return self.close(self.State.FAILED, changes, **conditions)
