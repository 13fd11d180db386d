"""Documents, their versions, and the evidence of their signatures."""

from django.conf import settings
from django.db import models

from archive.models.document_templates import TemplateVersion
from archive.models.files import StoredFile
from clients.models import ArchiveSystem
from econtract.platform.common import clock


class Document(models.Model):
    """A document of a signing task: the chain of its uploaded versions."""

    created_at = models.DateTimeField("Создан", default=clock.now)

    class Meta:
        verbose_name = "документ"
        verbose_name_plural = "документы"

    def __str__(self) -> str:
        return f"Документ {self.pk}"


class DocumentVersion(models.Model):
    """One uploaded file, or several, the PDF made from them, and its code in the archive.

    A version of one file has a ``source``; a joined version has `parts` instead.
    """

    class State(models.TextChoices):
        CHECKING = "checking", "Ждет антивирусной проверки"
        CONVERTING = "converting", "Преобразуем в PDF"
        READY = "ready", "Готов"
        FAILED = "failed", "Ошибка конвертации"

    class Converter(models.TextChoices):
        NONE = "none", "Загружен в PDF"
        LIBREOFFICE = "libreoffice", "LibreOffice"
        BUILTIN = "builtin", "Встроенный преобразователь"
        JOINED = "joined", "Собран из нескольких файлов"

    document = models.ForeignKey(
        Document, models.CASCADE, related_name="versions", verbose_name="Документ"
    )
    number = models.PositiveIntegerField("Версия")
    file_name = models.CharField("Имя файла", max_length=255)
    source = models.ForeignKey(
        StoredFile,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="Исходный файл",
        help_text="Пусто у документа, который собран из нескольких файлов.",
    )
    has_contents_page = models.BooleanField("С оглавлением", default=False)
    template_version = models.ForeignKey(
        TemplateVersion,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name="Заполнен по бланку",
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
        is_infected = self.source is not None and self.source.scan == StoredFile.Scan.INFECTED
        return self.state == self.State.FAILED and not is_infected

    @property
    def uploaded_file(self) -> StoredFile:
        """The source of a version that is one file."""
        if self.source is None:
            raise ValueError(f"Version {self.pk} consists of several files.")
        return self.source

    @property
    def is_joined(self) -> bool:
        """Whether it consists of several files, its `parts`."""
        return self.source_id is None

    @property
    def file_stem(self) -> str:
        """The file name without its extension."""
        return self.file_name.rpartition(".")[0] or self.file_name


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
