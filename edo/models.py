"""Boxes at the EDO operator, our signatories, and what was exchanged."""

import uuid

from django.db import models

from clients.models import Region
from econtract.platform.common import clock


class Operator(models.TextChoices):
    """EDO operators that a gateway exists for."""

    DIADOC = "diadoc", "Контур.Диадок"


class Box(models.Model):
    """«ЛК ЭДО»: one of our boxes, from which documents go out to clients."""

    name = models.CharField("Название", max_length=200, unique=True)
    operator = models.CharField(
        "Оператор", max_length=20, choices=Operator, default=Operator.DIADOC
    )
    operator_box_id = models.CharField("Ящик у оператора", max_length=100, unique=True)
    inn = models.CharField("ИНН организации", max_length=12)
    kpp = models.CharField("КПП организации", max_length=9, blank=True)
    regions = models.ManyToManyField(
        Region, related_name="boxes", blank=True, verbose_name="Регионы"
    )
    active = models.BooleanField("Действует", default=True)

    class Meta:
        verbose_name = "ЛК ЭДО"
        verbose_name_plural = "ЛК ЭДО"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Signatory(models.Model):
    """«Подписант»: whose key and power of attorney sign for the operator."""

    surname = models.CharField("Фамилия", max_length=100)
    given_name = models.CharField("Имя", max_length=100)
    patronymic = models.CharField("Отчество", max_length=100, blank=True)
    position = models.CharField("Должность", max_length=200, blank=True)
    inn = models.CharField("ИНН", max_length=12)
    snils = models.CharField("СНИЛС", max_length=11)
    key_ref = models.CharField(
        "Ключ в службе подписания", max_length=100, unique=True, help_text="Обозначение ключа."
    )
    certificate_pem = models.TextField("Сертификат (PEM)")
    certificate_serial = models.CharField("Серийный номер сертификата", max_length=64)
    certificate_from = models.DateTimeField("Сертификат действует с")
    certificate_until = models.DateTimeField("Сертификат действует по")
    boxes = models.ManyToManyField(
        Box, related_name="signatories", blank=True, verbose_name="ЛК ЭДО"
    )
    active = models.BooleanField("Действует", default=True)

    class Meta:
        verbose_name = "подписант"
        verbose_name_plural = "подписанты"
        ordering = ["surname", "given_name"]

    def __str__(self) -> str:
        return " ".join(filter(None, [self.surname, self.given_name, self.patronymic]))


class PowerOfAttorney(models.Model):
    """A machine-readable power of attorney (МЧД) with the head's detached signature."""

    signatory = models.ForeignKey(
        Signatory, models.CASCADE, related_name="powers", verbose_name="Подписант"
    )
    registration_number = models.UUIDField("Номер в реестре", unique=True)
    principal_inn = models.CharField("ИНН доверителя", max_length=12)
    head_name = models.CharField("Руководитель", max_length=300, blank=True)
    powers = models.JSONField("Полномочия", default=list, blank=True)
    xml = models.BinaryField("МЧД (XML)")
    signature = models.BinaryField("Подпись руководителя")
    valid_from = models.DateField("Действует с")
    valid_until = models.DateField("Действует по")
    revoked_at = models.DateTimeField("Отозвана", null=True, blank=True)
    created_at = models.DateTimeField("Добавлена", default=clock.now, editable=False)

    class Meta:
        verbose_name = "МЧД"
        verbose_name_plural = "МЧД"
        ordering = ["-valid_until"]

    def __str__(self) -> str:
        return f"МЧД {self.registration_number}"


class Exchange(models.Model):
    """One document's course at the operator, from the first attempt to send it.

    `operation_id` is the operator's idempotency: the same value never makes a second document.
    `attempted_at` is written before the first call that may make the document: empty means that
    the operator surely holds nothing. `failure` is the stable code behind `reason`.
    """

    class State(models.TextChoices):
        SENDING = "sending", "Отправляется"
        SENT = "sent", "Отправлен оператору"
        DELIVERED = "delivered", "Доставлен клиенту"
        SIGNED = "signed", "Подписан клиентом"
        REFUSED = "refused", "Клиент отказался"
        FAILED = "failed", "Не принят оператором"
        REVOKED = "revoked", "Отозван"

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
    document_sha256 = models.CharField("SHA-256 документа", max_length=64)
    document_number = models.CharField("Номер документа", max_length=100)
    document_kind = models.CharField("Вид документа", max_length=40)
    file_name = models.CharField("Имя файла", max_length=255)
    state = models.CharField("Состояние", max_length=20, choices=State, default=State.SENDING)
    failure = models.CharField("Код ошибки", max_length=40, blank=True)
    reason = models.CharField("Причина", max_length=1000, blank=True)
    attempted_at = models.DateTimeField("Первая попытка", null=True)
    message_id = models.CharField(
        "Сообщение у оператора", max_length=100, blank=True, db_index=True
    )
    document_id = models.CharField("Документ у оператора", max_length=100, blank=True)
    sender_signature = models.BinaryField("Наша подпись", null=True)
    recipient_signature = models.BinaryField("Подпись клиента", null=True)
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
    def is_live(self) -> bool:
        """Whether the operator may hold a document that the client could still sign."""
        return self.state in {self.State.SENDING, self.State.SENT, self.State.DELIVERED}
