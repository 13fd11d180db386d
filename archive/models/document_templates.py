"""Templates («Бланки»): DOCX files whose fields are filled for every document."""

from django.conf import settings
from django.db import models
from django.utils.text import capfirst

from archive.models.files import StoredFile
from econtract.platform.common import clock


class DocumentTemplate(models.Model):
    """A template: the chain of its versions, and how documents made of it are signed."""

    name = models.CharField("Название", max_length=120, unique=True)
    sms_signing = models.BooleanField(
        "Электронная (SMS) подпись",
        default=False,
        help_text="Документы из этого бланка клиент подписывает кодом из СМС.",
    )
    signer_name = models.CharField(
        "Наименование подписанта",
        max_length=300,
        blank=True,
        help_text="Полное наименование организации, как оно стоит в документе.",
    )
    is_active = models.BooleanField(
        "Можно выбрать", default=True, help_text="Снимите, когда бланк больше не нужен."
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name="Создал",
    )
    created_at = models.DateTimeField("Создан", default=clock.now)

    class Meta:
        verbose_name = "бланк"
        verbose_name_plural = "бланки"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def current_version(self) -> "TemplateVersion | None":
        """The newest published version, which new documents are made of."""
        return self.versions.filter(published_at__isnull=False).first()


class TemplateVersion(models.Model):
    """One uploaded DOCX file. It never changes: a corrected file is a new version.

    Documents are made of published versions alone. Before that, all its fields were bound and
    ``published_by`` looked at the pages of the sample; since then, the fields do not change either.
    """

    template = models.ForeignKey(
        DocumentTemplate, models.PROTECT, related_name="versions", verbose_name="Бланк"
    )
    number = models.PositiveIntegerField("Версия")
    file_name = models.CharField("Имя файла", max_length=255)
    source = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="Файл")
    sample = models.ForeignKey(
        "archive.Document",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="Образец",
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name="Загрузил",
    )
    created_at = models.DateTimeField("Загружена", default=clock.now)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name="Ввел в действие",
    )
    published_at = models.DateTimeField("Введена в действие", null=True)

    class Meta:
        verbose_name = "версия бланка"
        verbose_name_plural = "версии бланка"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="template_version_number")
        ]

    def __str__(self) -> str:
        return f"{self.template}, версия {self.number}"

    @property
    def is_published(self) -> bool:
        return self.published_at is not None


class TemplateField(models.Model):
    """A field found in a version, and where its value comes from.

    ``source`` is a code of `tasks.template_values.SOURCES`, `ASK` when the value is asked for each
    document, or empty while nobody has bound the field. ``kind`` follows from the template: a sum
    and a date are printed in words somewhere, and something is repeated for each item of a list.
    """

    class Kind(models.TextChoices):
        TEXT = "text", "Текст"
        LIST = "list", "Список"
        NUMBER = "number", "Целое число"
        SUM = "sum", "Сумма"
        DATE = "date", "Дата"

    ASK = "ask"

    version = models.ForeignKey(
        TemplateVersion, models.CASCADE, related_name="fields", verbose_name="Версия бланка"
    )
    position = models.PositiveSmallIntegerField("Порядок")
    name = models.CharField("Поле", max_length=100)
    kind = models.CharField("Вид", max_length=10, choices=Kind, default=Kind.TEXT)
    source = models.CharField("Откуда значение", max_length=60, blank=True)
    question = models.CharField(
        "Что спросить", max_length=200, blank=True, help_text="Подпись поля в форме задания."
    )

    class Meta:
        verbose_name = "поле бланка"
        verbose_name_plural = "поля бланка"
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "name"], name="template_field_name")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_bound(self) -> bool:
        return bool(self.source)

    @property
    def label(self) -> str:
        """What a form calls the field."""
        return self.question or capfirst(self.name.replace("_", " "))
