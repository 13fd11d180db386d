"""Chosen columns, saved filters and exports of users, for all lists."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from econtract.platform.common import clock

MAX_LIST_CODE_LENGTH = 20


class ListSettings(models.Model):
    """How a user has set up one list.

    ``columns`` are the optional columns that they have chosen (`Column.code`), None for the default
    ones. ``is_dense``: rows of one line.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="list_settings")
    list_code = models.CharField(max_length=MAX_LIST_CODE_LENGTH)
    columns = models.JSONField(null=True)
    is_dense = models.BooleanField(default=False)

    class Meta:
        verbose_name = "настройка списков"
        verbose_name_plural = "настройки списков"
        constraints = [
            models.UniqueConstraint(fields=["user", "list_code"], name="list_settings_once_a_list")
        ]

    def __str__(self) -> str:
        return f"Списки: {self.user}"


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    def open_to(self, user: Any) -> Self:
        """The user's own, and those shared with an access group that they are a member of now."""
        return self.filter(Q(owner=user) | Q(group__in=user.access_groups))


class SavedFilter(models.Model):
    """The query string of a list under a name. Users see the rows that they may see themselves."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_filters", verbose_name="Автор"
    )
    name = models.CharField("Название", max_length=100)
    list_code = models.CharField(max_length=MAX_LIST_CODE_LENGTH)
    tab = models.CharField("Список", max_length=10)
    query = models.CharField("Условия", max_length=1000, blank=True)
    group = models.ForeignKey(
        "accounts.AccessGroup",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="saved_filters",
        verbose_name="Доступен группе",
    )
    created_at = models.DateTimeField("Создан", default=clock.now)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        verbose_name = "сохраненный фильтр"
        verbose_name_plural = "сохраненные фильтры"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "list_code", "name"], name="saved_filter_once_a_name"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def can_be_changed_by(self, user: Any) -> bool:
        """By its author; if it is shared, by administrators too."""
        return self.owner_id == user.pk or (self.group_id is not None and user.is_administrator)


class Export(models.Model):
    """A large xlsx file that a user ordered; ``file`` is set when it is ready."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="exports")
    list_code = models.CharField(max_length=MAX_LIST_CODE_LENGTH)
    tab = models.CharField("Список", max_length=10)
    query = models.CharField("Условия", max_length=1000, blank=True)
    file_name = models.CharField(max_length=255)
    file = models.ForeignKey("archive.StoredFile", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = "выгрузка"
        verbose_name_plural = "выгрузки"

    def __str__(self) -> str:
        return self.file_name
