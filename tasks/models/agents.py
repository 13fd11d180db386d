"""Lists of agents (ДГПХ): whom a manager makes acts for every month."""

from typing import Self

from django.conf import settings
from django.db import models
from django.urls import reverse

from accounts.models import User
from accounts.visibility import visibility_of
from clients.models import Client
from econtract.platform.common import clock


class AgentListQuerySet(models.QuerySet["AgentList"]):
    def visible_to(self, user: User) -> Self:
        """The open lists of the managers whose tasks ``user`` sees (`accounts.visibility`)."""
        return self.filter(visibility_of(user).as_q("manager_id"), closed_at=None)


class AgentList(models.Model):
    """«Список агентов». `tasks.monthly_acts.lists` alone changes it.

    A list that is closed is shown nowhere; what was made from it stays.
    """

    name = models.CharField("Название", max_length=120)
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="agent_lists",
        verbose_name="Менеджер",
    )
    created_at = models.DateTimeField("Создан", default=clock.now)
    closed_at = models.DateTimeField("Закрыт", null=True)

    objects = AgentListQuerySet.as_manager()

    class Meta:
        verbose_name = "список агентов"
        verbose_name_plural = "списки агентов"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["manager", "name"],
                name="agent_list_name",
                condition=models.Q(closed_at=None),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("acts:list", args=[self.pk])


class AgentListMember(models.Model):
    """An agent of a list. An agent may be in several lists, but gets one act a month."""

    agent_list = models.ForeignKey(
        AgentList, models.CASCADE, related_name="members", verbose_name="Список"
    )
    client = models.ForeignKey(
        Client, models.CASCADE, related_name="agent_memberships", verbose_name="Агент"
    )
    # That of the agent's last task, or of the last file with amounts.
    account_number = models.CharField("Лицевой счет", max_length=12, blank=True)
    added_at = models.DateTimeField("Добавлен", default=clock.now)

    class Meta:
        verbose_name = "агент списка"
        verbose_name_plural = "агенты списков"
        constraints = [
            models.UniqueConstraint(fields=["agent_list", "client"], name="agent_once_in_list")
        ]

    def __str__(self) -> str:
        return str(self.client)


class AgentListEvent(models.Model):
    """What was done with a list, when, and by whom."""

    class Kind(models.TextChoices):
        CREATED = "created", "Список создан"
        RENAMED = "renamed", "Список переименован"
        ADDED = "added", "Добавлены агенты"
        REMOVED = "removed", "Убран агент"
        PREPARED = "prepared", "Подготовлены акты"
        CLOSED = "closed", "Список закрыт"

    agent_list = models.ForeignKey(
        AgentList, models.CASCADE, related_name="events", verbose_name="Список"
    )
    kind = models.CharField("Событие", max_length=10, choices=Kind)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="Кто"
    )
    detail = models.CharField("Подробности", max_length=300, blank=True)
    created_at = models.DateTimeField("Когда", default=clock.now)

    class Meta:
        verbose_name = "событие списка агентов"
        verbose_name_plural = "события списков агентов"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return str(self.get_kind_display())
