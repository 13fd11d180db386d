"""The signing task and what belongs to it."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.roles import TaskType
from archive.models import Document, DocumentVersion, Package, StoredFile
from clients.models import Client, ContactVersion, Region, Service
from econtract.common import clock
from edo.models import Box, Exchange, Signatory
from tasks.lifecycle import Actor, Lifecycle
from tasks.list_models import Export, ListSettings, SavedFilter
from tasks.notifications.models import Notification, NotificationChoice
from tasks.queries import CHIPS, COURSE, SigningTaskQuerySet
from tasks.statuses import FINISHED, Resolution, Stage, Status, StatusFacts, facts

__all__ = [
    "AuthorityDocument",
    "Channel",
    "Comment",
    "DocumentKind",
    "Draft",
    "Export",
    "HistoryEntry",
    "ListSettings",
    "Notification",
    "NotificationChoice",
    "SavedFilter",
    "SigningTask",
    "Viewing",
]


class DocumentKind(models.TextChoices):
    """«Вид документа» (manual, 1.1 and 4)."""

    CONTRACT = "contract", "Договор"
    SUPPLEMENT = "supplement", "Дополнительное соглашение"
    SPECIFICATION = "specification", "Спецификация"
    ORDER_FORM = "order_form", "Бланк заказа"
    ACCEPTANCE = "acceptance", "Акт приема-передачи"


class Channel(models.TextChoices):
    """How the client signs."""

    EDO = "edo", "ЭДО"
    SMS = "sms", "СМС"


def list_indexes() -> list[models.Index]:
    """What serves the lists: one for each order, of the tasks in work and of the finished ones.

    Few tasks are in work, so their indexes stay small whatever the total. An order names the
    number last, as `tasks.sorting` does; `scripts/bench list` shows who uses which.
    """
    in_work, finished = Q(completed_at__isnull=True), Q(completed_at__isnull=False)
    under_chips = Q(chips__gt=0)
    return [
        *(
            models.Index(fields=[key, "number"], name=f"task_work_{key}", condition=in_work)
            for key in ("updated_at", "created_at", "course")
        ),
        models.Index(fields=["number"], name="task_work_number", condition=in_work),
        models.Index(fields=["manager", "status"], name="task_work_manager", condition=in_work),
        # «Мои задания», the page that managers live in.
        models.Index(
            fields=["manager", "updated_at", "number"], name="task_work_own", condition=in_work
        ),
        models.Index(fields=["status"], name="task_work_status", condition=in_work),
        models.Index(fields=["client"], name="task_work_client", condition=in_work),
        models.Index(fields=["manager", "chips"], name="task_chips_manager", condition=under_chips),
        models.Index(fields=["chips"], name="task_chips", condition=under_chips),
        *(
            models.Index(fields=[key, "number"], name=f"task_done_{key}", condition=finished)
            for key in ("updated_at", "created_at", "course")
        ),
        models.Index(
            fields=["manager", "updated_at", "number"],
            name="task_done_manager",
            condition=finished,
        ),
        # Values that few tasks have, among all.
        models.Index(fields=["task_type", "updated_at", "number"], name="task_by_type"),
        models.Index(
            fields=["channel", "updated_at", "number"],
            name="task_by_channel",
            condition=~Q(channel=Channel.EDO),
        ),
        models.Index(
            fields=["resolution", "updated_at", "number"],
            name="task_by_resolution",
            condition=~Q(resolution=""),
        ),
        models.Index(fields=["updated_at", "number"], name="task_updated"),
        # Exact look-ups of the search.
        models.Index(fields=["account_number"], name="task_account"),
        models.Index(fields=["document_number"], name="task_document_number"),
    ]


class SigningTask(Lifecycle):
    """«Задание»: one document package on its way from the form to the archive.

    Its primary key is the number that people know it by. `status` is moved by
    `tasks.door.perform` alone.
    """

    number = models.BigAutoField("Номер", primary_key=True)
    task_type = models.CharField("Тип", max_length=20, choices=TaskType)
    channel = models.CharField("Канал", max_length=3, choices=Channel, default=Channel.EDO)
    seamless = models.BooleanField("Бесшовный процесс")
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="tasks", verbose_name="Менеджер"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="Создал"
    )
    client = models.ForeignKey(Client, models.PROTECT, related_name="tasks", verbose_name="Клиент")
    contact_version = models.ForeignKey(
        ContactVersion, models.PROTECT, related_name="tasks", verbose_name="Контактное лицо"
    )
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="tasks", verbose_name="Регион инсталляции"
    )
    box = models.ForeignKey(Box, models.PROTECT, related_name="tasks", verbose_name="ЛК ЭДО")
    signatory = models.ForeignKey(
        Signatory, models.PROTECT, related_name="tasks", verbose_name="Подписант"
    )
    services = models.ManyToManyField(Service, related_name="tasks", verbose_name="Услуги")
    account_number = models.CharField("Лицевой счет", max_length=12)
    account_verified_at = models.DateTimeField("ЛС проверен", null=True)
    document_number = models.CharField("Номер документа", max_length=100)
    document_kind = models.CharField("Вид документа", max_length=20, choices=DocumentKind)
    fraud_check_confirmed = models.BooleanField("Проверка проведена", default=False)
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, related_name="tasks", verbose_name="Документ"
    )
    # The version that is, or will be, signed; none while the document is removed.
    document_version = models.ForeignKey(
        DocumentVersion,
        models.PROTECT,
        null=True,
        related_name="tasks",
        verbose_name="Версия документа",
    )
    exchange = models.OneToOneField(
        Exchange, models.PROTECT, null=True, related_name="task", verbose_name="Обмен документом"
    )
    past_exchanges = models.ManyToManyField(
        Exchange, related_name="past_tasks", verbose_name="Прежние обмены"
    )
    package = models.OneToOneField(
        Package, models.PROTECT, null=True, related_name="task", verbose_name="Подписанный пакет"
    )
    # The transition to make when the operator has revoked the document.
    withdrawal = models.JSONField("После отзыва", null=True)
    submission_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    revision = models.PositiveIntegerField("Изменений", default=0)
    created_at = models.DateTimeField("Создано", default=clock.now)
    updated_at = models.DateTimeField("Обновлено", default=clock.now)
    course = models.GeneratedField(
        expression=COURSE,
        output_field=models.PositiveSmallIntegerField(),
        db_persist=True,
        help_text="The place of the status in the course: what «Статус» sorts by.",
    )
    chips = models.GeneratedField(
        expression=CHIPS,
        output_field=models.PositiveSmallIntegerField(),
        db_persist=True,
        help_text="The quick filters that the task is under, a bit for each.",
    )

    objects = SigningTaskQuerySet.as_manager()

    class Meta:
        verbose_name = "задание"
        verbose_name_plural = "задания"
        ordering = ["-updated_at", "-number"]
        indexes = list_indexes()
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=FINISHED, completed_at__isnull=False)
                | (~Q(status__in=FINISHED) & Q(completed_at__isnull=True)),
                name="finished_task_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.COMPLETED) | Q(package__isnull=False),
                name="completed_task_has_package",
            ),
        ]

    def __str__(self) -> str:
        return f"Задание {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("tasks:card", args=[self.number])

    @property
    def facts(self) -> StatusFacts:
        """What the contract says of the present status."""
        return facts()[Status(self.status)]

    @property
    def stage(self) -> Stage:
        return self.facts.stage

    @property
    def is_finished(self) -> bool:
        return self.status in FINISHED

    @property
    def lane(self) -> str:
        """The outbox lane in which the steps of this task run one after another."""
        return f"task:{self.number}"


class HistoryEntry(models.Model):
    """One thing that happened to a task. Written with it, never changed."""

    class Kind(models.TextChoices):
        TRANSITION = "transition", "Смена статуса"
        TAKEN_OVER = "taken_over", "Передача"
        EDITED = "edited", "Изменение данных"
        DOCUMENT = "document", "Документ"
        OUTSIDE = "outside", "Внешняя система"

    task = models.ForeignKey(SigningTask, models.CASCADE, related_name="history")
    at = models.DateTimeField("Время", default=clock.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name="Сотрудник",
    )
    acted_as = models.CharField("Кто", max_length=10, choices=Actor)
    kind = models.CharField("Вид", max_length=12, choices=Kind)
    name = models.CharField("Действие", max_length=60)
    old_status = models.CharField("Было", max_length=40, choices=Status, blank=True)
    new_status = models.CharField("Стало", max_length=40, choices=Status, blank=True)
    resolution = models.CharField("Резолюция", max_length=40, choices=Resolution, blank=True)
    comment = models.TextField("Комментарий", blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        verbose_name = "запись истории"
        verbose_name_plural = "история заданий"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.task_id} {self.name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            raise TypeError("History is only added to.")
        super().save(*args, **kwargs)


class Comment(models.Model):
    """What people say to one another about a task."""

    task = models.ForeignKey(SigningTask, models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField("Комментарий", max_length=4000)
    created_at = models.DateTimeField("Время", default=clock.now)

    class Meta:
        verbose_name = "комментарий"
        verbose_name_plural = "комментарии"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text[:60]


class AuthorityDocument(models.Model):
    """A file that the client sent to confirm his authority."""

    task = models.ForeignKey(SigningTask, models.CASCADE, related_name="authority_documents")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255)
    request_ref = models.CharField(max_length=100)
    received_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = "документ о полномочиях"
        verbose_name_plural = "документы о полномочиях"
        constraints = [
            models.UniqueConstraint(
                fields=["task", "request_ref", "file", "file_name"], name="authority_file_once"
            )
        ]

    def __str__(self) -> str:
        return self.file_name


class Viewing(models.Model):
    """Who has had the card of a task before him, and when last (`tasks.presence` keeps it)."""

    task = models.ForeignKey(SigningTask, models.CASCADE, related_name="viewings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = "просмотр задания"
        verbose_name_plural = "просмотры заданий"
        constraints = [models.UniqueConstraint(fields=["task", "user"], name="viewing_once")]
        indexes = [models.Index(fields=["seen_at"], name="viewing_age")]

    def __str__(self) -> str:
        return f"{self.task_id} {self.user_id}"


class Draft(models.Model):
    """What a person has typed into the form of one task type (`tasks.drafts` keeps it).

    One row a person and type, emptied and never deleted, so that `revision` only grows and tells
    an older page from a newer one. `page` names the page that has written last, `page_turn` counts
    its writings. `organisation` is what CDI said of the chosen client. `closed_at`: «Закрыть» was
    pressed; the contents wait for «Отменить».
    """

    class AccountOutcome(models.TextChoices):
        FOUND = "found", "ЛС найден"
        NOT_FOUND = "not_found", "ЛС не найден у клиента"
        UNAVAILABLE = "unavailable", "ЕИП не отвечает"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    task_type = models.CharField(max_length=20, choices=TaskType)
    fields = models.JSONField(default=dict)
    organisation = models.JSONField(null=True)
    document_version = models.ForeignKey(
        DocumentVersion, models.PROTECT, null=True, related_name="drafts"
    )
    account_outcome = models.CharField(max_length=12, choices=AccountOutcome, blank=True)
    account_checked_at = models.DateTimeField(null=True)
    account_checked_for = models.JSONField(default=list)
    submission_key = models.UUIDField(default=uuid.uuid4)
    page = models.CharField(max_length=36, blank=True)
    page_turn = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "черновик"
        verbose_name_plural = "черновики"
        constraints = [
            models.UniqueConstraint(fields=["user", "task_type"], name="draft_once_a_type"),
            models.CheckConstraint(
                condition=Q(account_outcome="", account_checked_at__isnull=True)
                | (~Q(account_outcome="") & Q(account_checked_at__isnull=False)),
                name="draft_account_check_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_task_type_display()}"
