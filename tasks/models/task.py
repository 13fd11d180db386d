"""The signing task."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.roles import TaskType
from archive.models import Document, DocumentVersion, Package
from clients.models import Client, ContactVersion, Region, Service
from econtract.platform.common import clock
from edo.models import Box, Exchange, Signatory, SimpleSigning
from tasks.models.channel import Channel
from tasks.models.document_kind import DocumentKind
from tasks.models.queries import QUICK_FILTER_MASK, WORKFLOW_RANK, SigningTaskQuerySet
from tasks.statuses import FINISHED, Stage, Status, StatusRow, status_rows
from tasks.transitions import Lifecycle


def list_indexes() -> list[models.Index]:
    """The indexes of the lists: one for each sort order, of tasks in work and of finished tasks.

    Few tasks are in work, so their indexes stay small however many tasks there are. The number
    comes last, as in `tasks.listing.query`. `scripts/bench list` prints which query uses which.
    """
    in_work, finished = Q(completed_at__isnull=True), Q(completed_at__isnull=False)
    has_quick_filter = Q(quick_filter_mask__gt=0)
    return [
        *(
            models.Index(fields=[key, "number"], name=f"task_work_{key}", condition=in_work)
            for key in ("updated_at", "created_at", "workflow_rank")
        ),
        models.Index(fields=["number"], name="task_work_number", condition=in_work),
        models.Index(fields=["manager", "status"], name="task_work_manager", condition=in_work),
        # «Мои задания», the page that managers live in.
        models.Index(
            fields=["manager", "updated_at", "number"], name="task_work_own", condition=in_work
        ),
        models.Index(fields=["status"], name="task_work_status", condition=in_work),
        models.Index(fields=["client"], name="task_work_client", condition=in_work),
        models.Index(
            fields=["manager", "quick_filter_mask"],
            name="task_quick_filter_manager",
            condition=has_quick_filter,
        ),
        models.Index(
            fields=["quick_filter_mask"], name="task_quick_filter", condition=has_quick_filter
        ),
        *(
            models.Index(fields=[key, "number"], name=f"task_done_{key}", condition=finished)
            for key in ("updated_at", "created_at", "workflow_rank")
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
    `tasks.lifecycle.perform.perform` alone.
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
    # The place where the client receives documents, if the manager has chosen one of several.
    recipient_address = models.CharField("Ящик клиента", max_length=100, blank=True)
    recipient_label = models.CharField("Название ящика клиента", max_length=300, blank=True)
    services = models.ManyToManyField(Service, related_name="tasks", verbose_name="Услуги")
    account_number = models.CharField("Лицевой счет", max_length=12)
    account_verified_at = models.DateTimeField("ЛС проверен", null=True)
    document_number = models.CharField("Номер документа", max_length=100)
    # Without an index: kinds are never deleted, and nothing looks for the tasks of one.
    document_kind = models.ForeignKey(
        DocumentKind,
        models.PROTECT,
        db_column="document_kind",
        db_index=False,
        related_name="tasks",
        verbose_name="Вид документа",
    )
    # The contract that a supplement belongs to.
    contract_number = models.CharField("Номер договора", max_length=100, blank=True)
    contract_date = models.DateField("Дата договора", null=True)
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
    simple_signing = models.OneToOneField(
        SimpleSigning,
        models.PROTECT,
        null=True,
        related_name="task",
        verbose_name="Подписание по СМС",
    )
    past_simple_signings = models.ManyToManyField(
        SimpleSigning, related_name="past_tasks", verbose_name="Прежние подписания по СМС"
    )
    package = models.OneToOneField(
        Package, models.PROTECT, null=True, related_name="task", verbose_name="Подписанный пакет"
    )
    # The transition to make when the operator has revoked the document.
    withdrawal = models.JSONField("После отзыва", null=True)
    submission_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField("Создано", default=clock.now)
    updated_at = models.DateTimeField("Обновлено", default=clock.now)
    workflow_rank = models.GeneratedField(
        expression=WORKFLOW_RANK,
        output_field=models.PositiveSmallIntegerField(),
        db_persist=True,
        help_text="The position of the status in the workflow: what «Статус» sorts by.",
    )
    quick_filter_mask = models.GeneratedField(
        expression=QUICK_FILTER_MASK,
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
    def status_row(self) -> StatusRow:
        """What `tasks/data/statuses.csv` says of the present status."""
        return status_rows()[Status(self.status)]

    @property
    def stage(self) -> Stage:
        return self.status_row.stage

    @property
    def is_finished(self) -> bool:
        return self.status in FINISHED

    @property
    def queue_key(self) -> str:
        """The outbox queue key in which the steps of this task run one after another."""
        return f"task:{self.number}"
