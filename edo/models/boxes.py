"""Our boxes at EDO operators."""

from django.db import models

from clients.models import Region


class OperatorName(models.TextChoices):
    """EDO operators that we have a gateway for (`edo.channels.operator.registry`)."""

    DIADOC = "diadoc", "Контур.Диадок"


class Box(models.Model):
    """«ЛК ЭДО»: one of our boxes at an EDO operator. Documents are sent from it to clients."""

    name = models.CharField("Название", max_length=200, unique=True)
    operator = models.CharField(
        "Оператор", max_length=20, choices=OperatorName, default=OperatorName.DIADOC
    )
    operator_box_id = models.CharField("Ящик у оператора", max_length=100, unique=True)
    inn = models.CharField("ИНН организации", max_length=12)
    kpp = models.CharField("КПП организации", max_length=9, blank=True)
    regions = models.ManyToManyField(
        Region, related_name="boxes", blank=True, verbose_name="Регионы"
    )
    active = models.BooleanField("Действует", default=True)

    class Meta:
        verbose_name = "ЛК ЭДО"
        verbose_name_plural = "ЛК ЭДО"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
