"""What the EDO operator answered when it was asked where a client receives documents."""

from django.db import models

from econtract.platform.common import clock
from edo.models.boxes import Box


class RecipientLookup(models.Model):
    """The boxes of a client, as the operator of our `box` knows them.

    `options` are `edo.channels.protocol.RecipientOption`s as dictionaries. `answered_at` is None
    while the operator has not answered the request of `requested_at`.
    """

    box = models.ForeignKey(Box, models.CASCADE, related_name="+", verbose_name="Наша организация")
    inn = models.CharField("ИНН клиента", max_length=12)
    kpp = models.CharField("КПП клиента", max_length=9, blank=True)
    options = models.JSONField("Ящики", default=list)
    requested_at = models.DateTimeField("Запрошено", default=clock.now, db_index=True)
    answered_at = models.DateTimeField("Получен ответ", null=True)

    class Meta:
        verbose_name = "поиск ящика клиента"
        verbose_name_plural = "поиски ящиков клиентов"
        constraints = [
            models.UniqueConstraint(fields=["box", "inn", "kpp"], name="recipient_lookup_once")
        ]

    def __str__(self) -> str:
        return f"Поиск {self.pk}"
