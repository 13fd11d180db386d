"""Powers of attorney of the client's side."""

from django.db import models

from edo.models.exchanges import Exchange


class RecipientPower(models.Model):
    """The client's power of attorney (МЧД) that came with their signature.

    `position` orders a chain of delegation: 0 is the one that the organisation itself gave, the
    last one names the person who signed.
    """

    exchange = models.ForeignKey(
        Exchange, models.CASCADE, related_name="recipient_powers", verbose_name="Обмен документом"
    )
    position = models.PositiveSmallIntegerField("Место в цепочке")
    registration_number = models.CharField("Номер в реестре", max_length=40)
    xml = models.BinaryField("МЧД (XML)")
    signature = models.BinaryField("Подпись")

    class Meta:
        verbose_name = "МЧД клиента"
        verbose_name_plural = "МЧД клиента"
        ordering = ["exchange", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["exchange", "position"], name="edo_recipientpower_position"
            )
        ]

    def __str__(self) -> str:
        return f"МЧД {self.registration_number}"
