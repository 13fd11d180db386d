"""Signatures that their owners confirm themselves, such as on their phone."""

from typing import Any

from django.db import models

from econtract.platform.common import clock


class SigningBatch(models.Model):
    """«Подтверждение подписей»: documents that the owner of a key confirms all at once.

    `prepared` is what the service returned for the documents, `confirmation_id` its id of the
    question to the owner. `asked_at` is stored before the owner can learn of the question. The
    service is not called before `next_call_at`: until then more documents may come, the last
    answer is fresh enough, or another worker is calling.
    """

    class State(models.TextChoices):
        COLLECTING = "collecting", "Собирается"
        STARTING = "starting", "Передается службе"
        WAITING = "waiting", "Ждет подтверждения"
        CLOSED = "closed", "Завершено"

    provider = models.CharField("Служба", max_length=20)
    key_ref = models.CharField("Ключ", max_length=100)
    state = models.CharField("Состояние", max_length=20, choices=State, default=State.COLLECTING)
    prepared = models.JSONField("Переданные документы", null=True)
    confirmation_id = models.CharField("Номер у службы", max_length=100, blank=True)
    place = models.CharField("Где подтвердить", max_length=200, blank=True)
    created_at = models.DateTimeField("Создано", default=clock.now)
    asked_at = models.DateTimeField("Запрошено", null=True)
    expires_at = models.DateTimeField("Срок подтверждения")
    next_call_at = models.DateTimeField("Следующее обращение")
    closed_at = models.DateTimeField("Завершено", null=True)

    class Meta:
        verbose_name = "подтверждение подписей"
        verbose_name_plural = "подтверждения подписей"
        constraints = [
            # Documents that come at the same time meet in one batch.
            models.UniqueConstraint(
                fields=["provider", "key_ref"],
                condition=models.Q(state="collecting"),
                name="one_collecting_batch_per_key",
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.key_ref} ({self.get_state_display()})"

    def update_if(self, changes: dict[str, Any], **conditions: Any) -> bool:
        """Store ``changes`` if the row still meets ``conditions``, and refresh the object."""
        updated = SigningBatch.objects.filter(pk=self.pk, **conditions).update(**changes)
        self.refresh_from_db()
        return bool(updated)


class SigningOperation(models.Model):
    """«Подпись с подтверждением»: the signature of one document. `id` is the idempotency key.

    At the end there is a `signature`, or the `failure` has the code of the refusal. `content` is
    kept only until the service has it.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    batch = models.ForeignKey(
        SigningBatch, models.CASCADE, related_name="operations", verbose_name="Подтверждение"
    )
    file_name = models.CharField("Имя файла", max_length=255)
    content_sha256 = models.CharField("SHA-256 документа", max_length=64)
    content_size = models.PositiveIntegerField("Размер документа")
    content = models.BinaryField("Документ", null=True)
    signature = models.BinaryField("Подпись", null=True)
    failure = models.CharField("Код отказа", max_length=40, blank=True)
    created_at = models.DateTimeField("Создана", default=clock.now)

    class Meta:
        verbose_name = "подпись с подтверждением"
        verbose_name_plural = "подписи с подтверждением"
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.file_name
