"""Tables of КриптоПро DSS and of the signatories' phones."""

from __future__ import annotations

from django.db import models

from econtract.sandbox.models.keys import SigningKey


class PhoneRequestState(models.TextChoices):
    """State of a request to sign. A prepared one has not reached the phone yet."""

    PREPARED = "prepared", "Подготовлен"
    WAITING = "waiting", "Ждет подтверждения"
    CONFIRMED = "confirmed", "Подтвержден"
    DECLINED = "declined", "Отклонен"
    EXPIRED = "expired", "Срок истек"


class PhoneRequest(models.Model):
    """Documents that a signatory confirms or declines at once, on their phone.

    `ref` is the transaction at DSS or the task at the ЭДО operator, `confirmation_ref` the RefID
    of DSS. `silent`: the autopilot does not answer. `signs_wrong_document` is a simulated fault.
    """

    ref = models.CharField(max_length=40, unique=True)
    confirmation_ref = models.CharField(max_length=40, unique=True, null=True)
    system = models.CharField(max_length=20)
    key = models.ForeignKey(SigningKey, on_delete=models.CASCADE)
    state = models.CharField(
        max_length=10, choices=PhoneRequestState, default=PhoneRequestState.PREPARED
    )
    silent = models.BooleanField(default=False)
    signs_wrong_document = models.BooleanField(default=False)
    asked_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "phone_request"
        indexes = [models.Index(fields=["state", "silent", "asked_at"], name="phone_waiting")]

    def __str__(self) -> str:
        return self.ref


class PhoneDocument(models.Model):
    """A document of a request; its signature once the request is confirmed."""

    request = models.ForeignKey(PhoneRequest, on_delete=models.CASCADE, related_name="documents")
    name = models.CharField(max_length=255)
    content = models.BinaryField()
    signature = models.BinaryField(null=True)

    class Meta:
        db_table = "phone_document"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class DssToken(models.Model):
    """An access token of DSS: of a user, or of the user's confirmation of one request."""

    token = models.CharField(max_length=64, unique=True)
    key = models.ForeignKey(SigningKey, on_delete=models.CASCADE)
    request = models.ForeignKey(PhoneRequest, on_delete=models.CASCADE, null=True)
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "dss_token"

    def __str__(self) -> str:
        return f"until {self.expires_at:%Y-%m-%d %H:%M}"
