"""«Вид документа»: a directory that administrators edit (docs/directories.md)."""

from collections.abc import Collection
from datetime import date, datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from accounts.roles import Role, TaskType
from archive.models import DocumentTemplate
from econtract.platform.common.moscow_time import MOSCOW
from tasks.models.channel import Channel, default_channel_of_type


class DocumentKind(models.Model):
    """A kind of document, which a task names by its code.

    Tasks refer to kinds, so a kind is never deleted: one that is switched off stays on the tasks
    and drafts that have it. An empty list of task types or roles opens the kind to all of them.
    """

    # The codes that rules of the product name. Any other kind is what its row says.
    CONTRACT = "contract"
    SUPPLEMENT = "supplement"
    ACCEPTANCE = "acceptance"

    code = models.SlugField("Код", max_length=20, primary_key=True)
    name = models.CharField("Вид документа", max_length=100, unique=True)
    default_channel = models.CharField(
        "Способ подписания по умолчанию",
        max_length=3,
        choices=Channel,
        blank=True,
        help_text="Пусто – как принято для типа задания.",
    )
    default_template = models.ForeignKey(
        DocumentTemplate,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="Бланк по умолчанию",
        help_text="Предлагается, когда документ этого вида заполняется по бланку.",
    )
    retention_years = models.PositiveSmallIntegerField(
        "Срок хранения, лет",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(99)],
        help_text="После года, в котором документ подписан. Пусто – без срока.",
    )
    task_types = models.JSONField(
        "Типы заданий",
        default=list,
        blank=True,
        help_text="В каких заданиях вид можно выбрать. Ничего не отмечено – во всех.",
    )
    roles = models.JSONField(
        "Роли",
        default=list,
        blank=True,
        help_text="Сотрудники с одной из этих ролей могут выбрать вид. Ничего – все.",
    )
    position = models.PositiveSmallIntegerField("Порядок", default=0)
    active = models.BooleanField("Действует", default=True)

    class Meta:
        verbose_name = "вид документа"
        verbose_name_plural = "виды документов"
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    def find_problem(self, task_type: TaskType, roles: Collection[Role]) -> str:
        """Why a user with ``roles`` cannot choose the kind in a new task of the type; "" if they
        can."""
        if not self.active:
            return f"Вид документа «{self.name}» больше не используется."
        if self.task_types and task_type not in self.task_types:
            return f"В заданиях «{task_type.label}» вида документа «{self.name}» нет."
        if self.roles and not set(self.roles) & set(roles):
            names = ", ".join(f"«{Role(code).label}»" for code in self.roles)
            return f"Вид документа «{self.name}» доступен только ролям: {names}."
        return ""

    def channel_for(self, task_type: TaskType) -> Channel:
        """How clients sign such documents unless the manager chooses something else."""
        if self.default_channel:
            return Channel(self.default_channel)
        return default_channel_of_type(task_type)

    def kept_until(self, signed_at: datetime) -> date | None:
        """The last day of the retention, which begins after the year of the signature.

        None for a kind without retention. The years are those of Moscow.
        """
        if self.retention_years is None:
            return None
        return date(signed_at.astimezone(MOSCOW).year + self.retention_years, 12, 31)
