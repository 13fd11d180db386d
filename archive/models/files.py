"""Stored files."""

from django.db import models

from econtract.platform.common import clock


class StoredFile(models.Model):
    """A file addressed by its SHA-256: the same bytes are stored once."""

    class Scan(models.TextChoices):
        CLEAN = "clean", "Проверен или проверка не нужна"
        WAITING = "waiting", "Ждет антивирусной проверки"
        INFECTED = "infected", "Заражен"

    sha256 = models.CharField("SHA-256", max_length=64, unique=True)
    size = models.PositiveBigIntegerField("Размер, байт")
    content_type = models.CharField("Тип содержимого", max_length=100)
    scan = models.CharField(
        "Антивирус",
        max_length=8,
        choices=Scan,
        default=Scan.CLEAN,
        help_text="Непроверенный и зараженный файл не открывается никому.",
    )
    created_at = models.DateTimeField("Сохранен", default=clock.now)
    stored_at = models.DateTimeField(
        "Последний раз загружен", default=clock.now, help_text="Уборка не трогает свежее."
    )

    class Meta:
        verbose_name = "файл"
        verbose_name_plural = "файлы"

    def __str__(self) -> str:
        return self.sha256

    @property
    def path(self) -> str:
        """The name in the storage. It depends on the hash alone, never on a user's file name."""
        return self.path_of(self.sha256)

    @staticmethod
    def path_of(sha256: str) -> str:
        return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"
