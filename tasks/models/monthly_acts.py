"""The acts of a month: who gets one, and in which batch it is made."""

from django.db import models

from clients.models import Client
from econtract.platform.common import clock
from tasks.models.agents import AgentList
from tasks.models.batch import Batch


class MonthlyActs(models.Model):
    """The acts that were prepared from a list at once: one batch.

    ``left_out`` says who got none, and why: objects with ``name``, ``inn`` and ``text``.
    """

    agent_list = models.ForeignKey(
        AgentList, models.PROTECT, related_name="acts", verbose_name="Список"
    )
    # Its first day.
    month = models.DateField("Месяц")
    batch = models.OneToOneField(
        Batch, models.PROTECT, related_name="monthly_acts", verbose_name="Прогон"
    )
    left_out = models.JSONField("Кому акта нет", default=list)
    created_at = models.DateTimeField("Подготовлены", default=clock.now)

    class Meta:
        verbose_name = "акты за месяц"
        verbose_name_plural = "акты за месяцы"
        ordering = ["-month", "-pk"]

    def __str__(self) -> str:
        return f"{self.agent_list}, {self.month:%m.%Y}"


class MonthlyAct(models.Model):
    """The act of one agent. The constraint lets nobody get two acts for a month.

    ``row_number`` is that of the row in the batch, which a corrected file may replace.
    """

    acts = models.ForeignKey(MonthlyActs, models.CASCADE, related_name="items")
    client = models.ForeignKey(
        Client, models.CASCADE, related_name="monthly_acts", verbose_name="Агент"
    )
    month = models.DateField("Месяц")
    row_number = models.PositiveIntegerField("Строка прогона")

    class Meta:
        verbose_name = "акт агента"
        verbose_name_plural = "акты агентов"
        constraints = [models.UniqueConstraint(fields=["client", "month"], name="one_act_a_month")]

    def __str__(self) -> str:
        return f"{self.client}, {self.month:%m.%Y}"
