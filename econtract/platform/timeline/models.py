"""What every history table has in common."""

from typing import Any

from django.conf import settings
from django.db import models

from econtract.platform.common import clock


class TimelineEntry(models.Model):
    """An event in the history of an object. Written together with it and never changed.

    A subclass adds the foreign key to its object, the kinds of its entries, and who acted.
    """

    at = models.DateTimeField("Время", default=clock.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name="Сотрудник",
    )
    name = models.CharField("Действие", max_length=60)
    comment = models.TextField("Комментарий", blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises TypeError for an entry that is stored already."""
        if self.pk:
            raise TypeError("A timeline is append-only.")
        super().save(*args, **kwargs)
