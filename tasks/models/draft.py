"""Drafts of new tasks."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.roles import TaskType
from archive.models import DocumentVersion
from econtract.platform.common import clock


class Draft(models.Model):
    """What a user has typed into one form of a new task (see `tasks.actions.drafts`).

    A user may have several of a type, each with its own `submission_key`: that of the page on
    which it was begun and of the task that it becomes. `revision` grows with every change and
    tells an older page from a newer one. `page` is the id of the page that wrote last, `page_turn`
    the number of its latest request. `organisation` is CDI's answer about the client. `closed_at`
    is set after «Закрыть»; the contents wait for «Отменить».
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
    # Where the client can receive documents (`RecipientOption`), and what that depends on.
    recipient_options = models.JSONField(default=list)
    recipient_options_for = models.JSONField(default=list)
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
            models.UniqueConstraint(
                fields=["user", "task_type", "submission_key"], name="draft_once_a_key"
            ),
            models.CheckConstraint(
                condition=Q(account_outcome="", account_checked_at__isnull=True)
                | (~Q(account_outcome="") & Q(account_checked_at__isnull=False)),
                name="draft_account_check_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_task_type_display()}"
