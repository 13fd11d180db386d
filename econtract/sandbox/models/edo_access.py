"""Tables of the ЭДО operator: access tokens and partnerships of boxes."""

from __future__ import annotations

from django.db import models


class EdoAccessToken(models.Model):
    """A token of the identity provider or of V3/Authenticate; `inn` is empty for our users."""

    token = models.CharField(max_length=64, unique=True)
    inn = models.CharField(max_length=12, blank=True)
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "edo_access_token"

    def __str__(self) -> str:
        return f"until {self.expires_at:%Y-%m-%d %H:%M}"


class EdoRefreshToken(models.Model):
    """A refresh token that was replaced by a new one, or the new one (`is_replaced` False)."""

    token = models.CharField(max_length=200, unique=True)
    is_replaced = models.BooleanField(default=False)

    class Meta:
        db_table = "edo_refresh_token"

    def __str__(self) -> str:
        return str(self.pk)


class EdoPartnership(models.Model):
    """The relation of two boxes; `box_id` sent the last invitation.

    `is_processed`: AcquireCounteragentResult answers 204 before it. `rejected_by` is the box that
    has declined the invitation or ended the partnership.
    """

    class State(models.TextChoices):
        INVITED = "invited", "Приглашен"
        ACCEPTED = "accepted", "Контрагент"
        REJECTED = "rejected", "Отклонено"

    box_id = models.CharField(max_length=36)
    partner_box_id = models.CharField(max_length=36)
    state = models.CharField(max_length=10, choices=State, default=State.INVITED)
    # The invitation has a document that the other side must sign to accept it.
    has_document = models.BooleanField(default=False)
    rejected_by = models.CharField(max_length=36, blank=True)
    message = models.CharField(max_length=2000, blank=True)
    task_id = models.CharField(max_length=36, unique=True)
    is_processed = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "edo_partnership"
        constraints = [
            models.UniqueConstraint("box_id", "partner_box_id", name="edo_partnership_once")
        ]
        indexes = [models.Index(fields=["partner_box_id", "state"], name="edo_partnership_invited")]

    def __str__(self) -> str:
        return f"{self.box_id} – {self.partner_box_id}"
