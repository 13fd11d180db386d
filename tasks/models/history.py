"""What has happened to a task, and what people say about it."""

from django.conf import settings
from django.db import models

from archive.models import StoredFile
from econtract.platform.common import clock
from econtract.platform.timeline.models import TimelineEntry
from tasks.models.task import SigningTask
from tasks.statuses import resolution_choices, status_choices
from tasks.transitions import Actor


class HistoryEntry(TimelineEntry):
    """One thing that happened to a task."""

    class Kind(models.TextChoices):
        TRANSITION = "transition", "Смена статуса"
        TAKEN_OVER = "taken_over", "Передача"
        EDITED = "edited", "Изменение данных"
        DOCUMENT = "document", "Документ"
        OUTSIDE = "outside", "Внешняя система"

    task = models.ForeignKey(SigningTask, models.CASCADE, related_name="history")
    acted_as = models.CharField("Кто", max_length=10, choices=Actor)
    kind = models.CharField("Вид", max_length=12, choices=Kind)
    old_status = models.CharField("Было", max_length=40, choices=status_choices, blank=True)
    new_status = models.CharField("Стало", max_length=40, choices=status_choices, blank=True)
    resolution = models.CharField(
        "Резолюция", max_length=40, choices=resolution_choices, blank=True
    )

    class Meta:
        verbose_name = "запись истории"
        verbose_name_plural = "история заданий"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.task_id} {self.name}"


class Comment(models.Model):
    """A comment on a task. A form that is sent twice has the same ``submission_key``.

    Without ``author`` it is the client's: «Вопрос по документу».
    """

    MAX_LENGTH = 2000

    task = models.ForeignKey(SigningTask, models.CASCADE, related_name="comments")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    text = models.TextField("Комментарий", max_length=4000)
    created_at = models.DateTimeField("Время", default=clock.now)
    submission_key = models.UUIDField(null=True, editable=False)

    class Meta:
        verbose_name = "комментарий"
        verbose_name_plural = "комментарии"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["author", "submission_key"], name="comment_once")
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def author_name(self) -> str:
        return str(self.author) if self.author else "Клиент"


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
    """Who opened the card of a task, and when last (written by `tasks.actions.presence`)."""

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
