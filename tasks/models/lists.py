"""What people have for their lists: columns, filters under a name, files that are being made."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import AccessGroup, AccessGroupUserObjectPermission, User
from archive.models import StoredFile
from econtract.platform.common import clock

if TYPE_CHECKING:
    from django.db.models import QuerySet


class ListSettings(models.Model):
    """The optional columns that a person has chosen (`tasks.listing.columns`)."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="list_settings"
    )
    columns = models.JSONField(default=list)

    class Meta:
        verbose_name = "настройка списков"
        verbose_name_plural = "настройки списков"

    def __str__(self) -> str:
        return f"Списки: {self.user}"


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    def open_to(self, user: User) -> Self:
        """His own, and those shared with a group that he is a member of now."""
        return self.filter(Q(owner=user) | Q(group__in=groups_of(user)))


class SavedFilter(models.Model):
    """A list's query string under a name. Whoever opens it sees what he may see, by its filters."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_filters", verbose_name="Автор"
    )
    name = models.CharField("Название", max_length=100)
    tab = models.CharField("Список", max_length=10)
    query = models.CharField("Условия", max_length=1000, blank=True)
    group = models.ForeignKey(
        AccessGroup,
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
            models.UniqueConstraint(fields=["owner", "name"], name="saved_filter_once_a_name")
        ]

    def __str__(self) -> str:
        return self.name

    def may_be_changed_by(self, user: User) -> bool:
        """Renamed and deleted: by its author, and by administrators when it is shared."""
        return self.owner_id == user.pk or (self.group_id is not None and user.is_administrator)


class Export(models.Model):
    """A large xlsx file that a user requested (`tasks.listing.exports`)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="exports")
    tab = models.CharField("Список", max_length=10)
    query = models.CharField("Условия", max_length=1000, blank=True)
    file_name = models.CharField(max_length=255)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = "выгрузка"
        verbose_name_plural = "выгрузки"

    def __str__(self) -> str:
        return self.file_name


def groups_of(user: User) -> "QuerySet[AccessGroup]":
    """The access groups that ``user`` is a member of, in whatever capacity."""
    memberships = AccessGroupUserObjectPermission.objects.filter(user=user)
    return AccessGroup.objects.filter(pk__in=memberships.values("content_object"))
