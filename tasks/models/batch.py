"""Batches («Массовые прогоны»): one table of data, one template, a task for every row."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.urls import reverse

from accounts.models import User
from accounts.roles import TaskType
from accounts.visibility import visibility_of
from archive.models import DocumentVersion, TemplateVersion
from clients.models import Client, Contact, Region, Service
from econtract.platform.common import clock
from edo.models import Box, Signatory
from tasks.models.channel import Channel
from tasks.models.document_kind import DocumentKind
from tasks.models.task import SigningTask


class BatchQuerySet(models.QuerySet["Batch"]):
    def visible_to(self, user: User) -> Self:
        """The batches of the managers whose tasks ``user`` sees (`accounts.visibility`)."""
        return self.filter(visibility_of(user).as_q("manager_id"))


class Batch(models.Model):
    """One run: what all its tasks have in common, and how far it has come.

    It keeps the version of the template that it was created with. `tasks.batches.actions` alone
    changes ``state``.
    """

    class State(models.TextChoices):
        CHECKING = "checking", "Проверяется"
        CHECKED = "checked", "Ждет запуска"
        RUNNING = "running", "Идет"
        PAUSED = "paused", "Приостановлен"
        FINISHED = "finished", "Завершен"
        STOPPED = "stopped", "Остановлен"

    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="batches", verbose_name="Менеджер"
    )
    state = models.CharField("Состояние", max_length=10, choices=State, default=State.CHECKING)
    # Why the batch is where it is, when nobody has chosen that.
    problem = models.CharField("Что мешает", max_length=300, blank=True)
    # The form that created the batch: a second click finds the batch that exists.
    submission_key = models.UUIDField(unique=True, editable=False)
    file_name = models.CharField("Файл", max_length=255)
    sha256 = models.CharField("SHA-256 файла", max_length=64, db_index=True)
    headings = models.JSONField("Столбцы файла", default=list)
    template_version = models.ForeignKey(
        TemplateVersion, models.PROTECT, related_name="batches", verbose_name="Бланк"
    )
    task_type = models.CharField("Тип заданий", max_length=20, choices=TaskType)
    channel = models.CharField("Канал", max_length=3, choices=Channel)
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="+", verbose_name="Регион инсталляции"
    )
    box = models.ForeignKey(Box, models.PROTECT, related_name="+", verbose_name="ЛК ЭДО")
    signatory = models.ForeignKey(
        Signatory, models.PROTECT, related_name="+", verbose_name="Подписант"
    )
    services = models.ManyToManyField(Service, related_name="+", verbose_name="Услуги")
    document_kind = models.ForeignKey(
        DocumentKind, models.PROTECT, related_name="+", verbose_name="Вид документа"
    )
    created_at = models.DateTimeField("Создан", default=clock.now)
    started_at = models.DateTimeField("Запущен", null=True)
    # The time that it has run, without pauses, up to ``resumed_at``.
    ran_seconds = models.PositiveIntegerField("Шел, секунд", default=0)
    resumed_at = models.DateTimeField("Идет с", null=True)
    finished_at = models.DateTimeField("Завершен", null=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = "массовый прогон"
        verbose_name_plural = "массовые прогоны"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["manager", "-id"], name="batch_by_manager"),
            models.Index(fields=["id"], name="batch_running", condition=models.Q(state="running")),
        ]

    def __str__(self) -> str:
        return f"Прогон {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("batches:page", args=[self.pk])

    @property
    def is_running(self) -> bool:
        return self.state == self.State.RUNNING

    @property
    def queue_key(self) -> str:
        """The outbox queue key in which the jobs of this batch run one after another."""
        return f"batch:{self.pk}"


class BatchRowQuerySet(models.QuerySet["BatchRow"]):
    def in_flight(self) -> Self:
        """The rows whose documents or tasks the system is working on."""
        return self.filter(state__in=BatchRow.IN_FLIGHT)

    def in_state(self, *states: str) -> Self:
        return self.filter(state__in=states)


class BatchRow(models.Model):
    """A row of the file, and the task that it has become.

    ``values`` are the texts of the file by column; ``fields`` what `tasks.batches.checking` made
    of them. Whatever happens in between, ``submission_key`` belongs to one task.
    """

    class State(models.TextChoices):
        NEW = "new", "Не проверена"
        INVALID = "invalid", "Нужно исправить"
        READY = "ready", "Готова к запуску"
        PREPARING = "preparing", "Заполняется документ"
        REVIEW = "review", "Просмотрите документ"
        SENDING = "sending", "Задание в работе"
        DONE = "done", "Выполнена"
        FAILED = "failed", "Ошибка"
        SKIPPED = "skipped", "Не запускалась"

    IN_FLIGHT = (State.PREPARING, State.SENDING)

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="rows", verbose_name="Прогон")
    number = models.PositiveIntegerField("Строка файла")
    state = models.CharField("Состояние", max_length=10, choices=State, default=State.NEW)
    values = models.JSONField("Значения", default=dict)
    fields = models.JSONField("Проверенные значения", default=dict)
    # Sentences: what must be corrected before the row can start, and what a person should know.
    problems = models.JSONField("Что исправить", default=list)
    notes = models.JSONField("Обратите внимание", default=list)
    # Why the last attempt failed.
    reason = models.CharField("Причина", max_length=500, blank=True)
    # The same client and document number make the same key: duplicates within the file.
    identity = models.CharField(max_length=200, blank=True, editable=False)
    client = models.ForeignKey(
        Client, models.SET_NULL, null=True, related_name="+", verbose_name="Клиент"
    )
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, related_name="+", verbose_name="Контактное лицо"
    )
    account_verified_at = models.DateTimeField("ЛС проверен", null=True)
    document_version = models.ForeignKey(
        DocumentVersion,
        models.SET_NULL,
        null=True,
        related_name="batch_rows",
        verbose_name="Документ",
    )
    task = models.OneToOneField(
        SigningTask,
        models.SET_NULL,
        null=True,
        related_name="batch_row",
        verbose_name="Задание",
    )
    submission_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    changed_at = models.DateTimeField("Изменена", default=clock.now)

    objects = BatchRowQuerySet.as_manager()

    class Meta:
        verbose_name = "строка прогона"
        verbose_name_plural = "строки прогонов"
        ordering = ["batch", "number"]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="batch_row_number")]
        indexes = [
            models.Index(fields=["batch", "state", "number"], name="batch_row_state"),
            models.Index(fields=["batch", "identity"], name="batch_row_identity"),
        ]

    def __str__(self) -> str:
        return f"{self.batch}, строка {self.number}"

    @property
    def queue_key(self) -> str:
        """The outbox queue key in which the jobs of this row run one after another."""
        return f"batch_row:{self.pk}"

    def set_state(self, state: str, *, reason: str = "", **columns: Any) -> None:
        """Moves the row to ``state`` together with ``columns``, in the caller's transaction."""
        columns = {"state": state, "reason": reason[:500], "changed_at": clock.now(), **columns}
        for name, value in columns.items():
            setattr(self, name, value)
        self.save(update_fields=list(columns))


class BatchEvent(models.Model):
    """What happened to a batch and who did it; nobody, when the product did it itself."""

    class Kind(models.TextChoices):
        CREATED = "created", "Файл загружен"
        CORRECTED = "corrected", "Загружен исправленный файл"
        CHECKED = "checked", "Проверка закончена"
        STARTED = "started", "Прогон запущен"
        PAUSED = "paused", "Прогон приостановлен"
        RESUMED = "resumed", "Прогон продолжен"
        RETRIED = "retried", "Ошибки повторены"
        REVIEWED = "reviewed", "Документ просмотрен"
        STOPPED = "stopped", "Прогон остановлен"
        FINISHED = "finished", "Прогон завершен"

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="events", verbose_name="Прогон")
    kind = models.CharField("Событие", max_length=10, choices=Kind)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="Кто",
    )
    detail = models.CharField("Подробности", max_length=300, blank=True)
    created_at = models.DateTimeField("Когда", default=clock.now)

    class Meta:
        verbose_name = "событие прогона"
        verbose_name_plural = "события прогонов"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}"
