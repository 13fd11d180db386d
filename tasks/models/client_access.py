"""Access of a client to «Мои документы» (`/my/`): a code by SMS to their phone."""

import secrets

from django.db import models
from django.db.models import Q

from clients.models import Contact
from econtract.platform.common import clock

MAX_ACCESS_ATTEMPTS = 3


def create_nonce() -> str:
    return secrets.token_hex(16)


class ClientAccess(models.Model):
    """One log-in of a client. `contact` is None where no person with that phone is identified.

    The row exists all the same, so that nobody can find out by trying which phones are known. The
    code is derived from `nonce` by a key and stored nowhere.
    """

    contact = models.ForeignKey(
        Contact, models.CASCADE, null=True, related_name="+", verbose_name="Контакт"
    )
    # Keyed, to count the codes of a day.
    phone_digest = models.CharField(max_length=64, editable=False)
    nonce = models.CharField(max_length=32, default=create_nonce, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField("Запрошен", default=clock.now)
    expires_at = models.DateTimeField("Код действует до")
    used_at = models.DateTimeField("Вошел", null=True)

    class Meta:
        verbose_name = "вход клиента"
        verbose_name_plural = "входы клиентов"
        indexes = [models.Index(fields=["phone_digest", "created_at"], name="access_by_phone")]
        constraints = [
            models.CheckConstraint(
                condition=Q(attempts__lte=MAX_ACCESS_ATTEMPTS), name="access_attempts"
            )
        ]

    def __str__(self) -> str:
        return f"Вход {self.pk}"
