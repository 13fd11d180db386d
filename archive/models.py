"""Stored files, documents and packages. They do not know signing tasks."""

from django.conf import settings
from django.db import models

from clients.models import ArchiveSystem
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


class Document(models.Model):
    """A document of a signing task: the chain of its uploaded versions."""

    created_at = models.DateTimeField("Создан", default=clock.now)

    class Meta:
        verbose_name = "документ"
        verbose_name_plural = "документы"

    def __str__(self) -> str:
        return f"Документ {self.pk}"


class DocumentVersion(models.Model):
    """One uploaded file, the PDF made from it, and its code in the electronic archive."""

    class State(models.TextChoices):
        CHECKING = "checking", "Ждет антивирусной проверки"
        CONVERTING = "converting", "Преобразуем в PDF"
        READY = "ready", "Готов"
        FAILED = "failed", "Ошибка конвертации"

    class Converter(models.TextChoices):
        NONE = "none", "Загружен в PDF"
        LIBREOFFICE = "libreoffice", "LibreOffice"
        BUILTIN = "builtin", "Встроенный преобразователь"

    document = models.ForeignKey(
        Document, models.CASCADE, related_name="versions", verbose_name="Документ"
    )
    number = models.PositiveIntegerField("Версия")
    file_name = models.CharField("Имя файла", max_length=255)
    source = models.ForeignKey(
        StoredFile, models.PROTECT, related_name="+", verbose_name="Исходный файл"
    )
    pdf = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="Файл PDF"
    )
    state = models.CharField("Состояние", max_length=12, choices=State, default=State.CONVERTING)
    converter = models.CharField("Преобразователь", max_length=12, choices=Converter, blank=True)
    problem = models.CharField(
        "Что не так",
        max_length=500,
        blank=True,
        help_text="Причина, по которой нет файла PDF.",
    )
    findings = models.JSONField(
        "Проверить перед отправкой",
        default=list,
        blank=True,
        help_text="Чего не видно по страницам или что могло потеряться при преобразовании.",
    )
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="Страницы просмотрел",
    )
    reviewed_at = models.DateTimeField("Страницы просмотрены", null=True, blank=True)
    text_recall = models.FloatField(
        "Доля перенесенного текста",
        null=True,
        help_text="Доля слов исходного файла, найденных в PDF; пусто, когда PDF загружен сам.",
    )
    pages = models.PositiveIntegerField("Страниц", null=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name="Загрузил",
    )
    created_at = models.DateTimeField("Загружен", default=clock.now)
    archive_system = models.CharField("Архив", max_length=3, choices=ArchiveSystem, blank=True)
    archive_code = models.CharField("Штрих код / ИД документа", max_length=64, blank=True)
    archived_at = models.DateTimeField("Передан в архив", null=True)

    class Meta:
        verbose_name = "версия документа"
        verbose_name_plural = "версии документа"
        ordering = ["-number"]
        indexes = [models.Index(fields=["archive_code"], name="document_archive_code")]
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="document_version_number"),
            models.CheckConstraint(
                condition=models.Q(state="ready", pdf__isnull=False, pages__gt=0)
                | ~models.Q(state="ready"),
                name="ready_document_has_pdf",
            ),
            models.CheckConstraint(
                condition=models.Q(archive_code="", archived_at__isnull=True)
                | (~models.Q(archive_code="") & models.Q(archived_at__isnull=False)),
                name="archived_document_has_code",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_ready(self) -> bool:
        """Whether there is a PDF. It may still need a review, see `may_be_sent`."""
        return self.state == self.State.READY

    @property
    def needs_review(self) -> bool:
        """Whether somebody must look at the pages of the PDF before it may be sent."""
        return self.is_ready and bool(self.findings) and self.reviewed_at is None

    @property
    def may_be_sent(self) -> bool:
        return self.is_ready and not self.needs_review

    @property
    def can_retry(self) -> bool:
        """Whether its scan or conversion failed and may be tried again."""
        return self.state == self.State.FAILED and self.source.scan != StoredFile.Scan.INFECTED


class Package(models.Model):
    """The ZIP that proves the signing, and its code in the electronic archive.

    ``file`` is what was sealed and submitted, and never changes.
    """

    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="Файл")
    # The same with the time-stamps that have been made since: what users download.
    stamped_file = models.ForeignKey(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="Файл со штампами времени",
    )
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
        """The file for users: the package with its time-stamps, if it has any."""
        return self.stamped_file or self.file


class EvidenceFile(models.Model):
    """A file that proves the signatures of a document for years: the package's folder evidence/.

    ``role`` is an `archive.package.manifest.FileRole`, ``side`` whose signature it is about. The
    collection has ended when there is a file with the role `evidence_summary`.
    """

    version = models.ForeignKey(
        DocumentVersion,
        models.CASCADE,
        related_name="evidence_files",
        verbose_name="Версия документа",
    )
    position = models.PositiveSmallIntegerField("Порядок")
    role = models.CharField("Роль", max_length=30)
    side = models.CharField("Сторона", max_length=10, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="Файл")
    details = models.JSONField("Сведения", default=dict, blank=True)
    created_at = models.DateTimeField("Получен", default=clock.now)

    class Meta:
        verbose_name = "доказательство подписания"
        verbose_name_plural = "доказательства подписания"
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="evidence_file_position")
        ]

    def __str__(self) -> str:
        return self.role


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
