"""Signed packages and their time-stamps."""

from django.db import models

from archive.models.files import StoredFile
from clients.models import ArchiveSystem
from econtract.platform.common import clock


class Package(models.Model):
    """The ZIP that proves the signing, and its code in the electronic archive.

    ``file`` is what was sealed and submitted, and never changes.
    """

    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="Файл")
    # The same with the time-stamps and the anchor that have been made since: what users download.
    stamped_file = models.ForeignKey(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="Файл со штампами времени",
    )
    # Only for simple signatures: whether it has the anchor of the day over their records.
    is_anchored = models.BooleanField("Записи заверены", default=False)
    file_name = models.CharField("Имя файла", max_length=255)
    code = models.CharField("Код проверки", max_length=32, unique=True)
    archive_system = models.CharField("Архив", max_length=3, choices=ArchiveSystem, blank=True)
    archive_code = models.CharField("Штрих код / ИД документа", max_length=64, blank=True)
    archived_at = models.DateTimeField("Передан в архив", null=True)
    created_at = models.DateTimeField("Собран", default=clock.now)

    class Meta:
        verbose_name = "подписанный пакет"
        verbose_name_plural = "подписанные пакеты"
        indexes = [models.Index(fields=["archive_code"], name="package_archive_code")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def download_file(self) -> StoredFile:
        """The file for users: the package with what was added to it since."""
        return self.stamped_file or self.file


class PackageTimestamp(models.Model):
    """A time-stamp over a package: the folder evidence/stamps/NNN of its download.

    ``token`` is the stamp over ``listing``, which has the checksums of the manifest, the seal and
    all that earlier stamps consist of. ``renew_at`` is when the next stamp must be made.
    """

    package = models.ForeignKey(
        Package, models.CASCADE, related_name="timestamps", verbose_name="Пакет"
    )
    number = models.PositiveSmallIntegerField("Номер")
    listing = models.BinaryField("Что покрывает")
    token = models.BinaryField("Штамп")
    certificates = models.BinaryField("Сертификаты службы времени (PEM)")
    stamped_at = models.DateTimeField("Время штампа")
    certificate_ends_at = models.DateTimeField("Сертификат службы времени действует по")
    renew_at = models.DateTimeField("Обновить", db_index=True)
    created_at = models.DateTimeField("Получен", default=clock.now)

    class Meta:
        verbose_name = "штамп времени пакета"
        verbose_name_plural = "штампы времени пакетов"
        ordering = ["package", "number"]
        constraints = [
            models.UniqueConstraint(fields=["package", "number"], name="package_timestamp_number")
        ]

    def __str__(self) -> str:
        return f"Штамп {self.number}"


class TimestampProof(models.Model):
    """What proves the seal, or the stamp before: collected just before the stamp that covers it."""

    timestamp = models.ForeignKey(
        PackageTimestamp, models.CASCADE, related_name="proofs", verbose_name="Штамп"
    )
    name = models.CharField("Имя файла", max_length=60)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="Файл")

    class Meta:
        verbose_name = "доказательство штампа"
        verbose_name_plural = "доказательства штампов"
        ordering = ["timestamp", "name"]
        constraints = [
            models.UniqueConstraint(fields=["timestamp", "name"], name="timestamp_proof_name")
        ]

    def __str__(self) -> str:
        return self.name
