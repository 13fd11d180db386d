"""Notifications and the preferences of users."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from econtract.platform.common import clock
from econtract.platform.notifications.registry import notification_kinds, subject_types

MAX_TEXT_LENGTH = 300


class MailFrequency(models.TextChoices):
    """When an e-mail is sent; the daily one contains only unread notifications."""

    NEVER = "never", "Не присылать"
    NOW = "now", "Сразу"
    DAILY = "daily", "Раз в день"


DEFAULT_MAIL = MailFrequency.DAILY


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user: Any) -> Self:
        """The user's own notifications, except those about objects that they can no longer see."""
        own = self.filter(recipient=user)
        if user.is_administrator:
            return own
        kinds = notification_kinds()
        visible = Q(kind__in=[kind.code for kind in kinds if kind.about_recipient])
        for subject_type in subject_types():
            visible |= Q(subject_type=subject_type.code) & subject_type.visible_to(user)
        hidden = [kind.code for kind in kinds if kind.for_administrators]
        return own.filter(visible).exclude(kind__in=hidden)

    def in_bell(self) -> Self:
        return self.filter(in_bell=True)

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)

    def about(self, subject_type: str, subject_id: int) -> Self:
        return self.filter(subject_type=subject_type, subject_id=subject_id)

    def for_digest(self) -> Self:
        """The contents of the next daily e-mail."""
        return self.filter(mail=MailFrequency.DAILY, mailed_at__isnull=True, read_at__isnull=True)


class Notification(models.Model):
    """One user is notified of one event, once: ``source`` identifies the event.

    ``subject_type`` and ``subject_id`` name the object that it is about ("" and null: none).
    ``mailed_at`` is set before the e-mail is sent, so that a worker that dies sends nothing twice.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications"
    )
    kind = models.CharField(max_length=12)
    subject_type = models.CharField(max_length=20, blank=True)
    subject_id = models.BigIntegerField(null=True)
    status = models.CharField(max_length=40, blank=True, help_text="The subject's, at that moment.")
    text = models.CharField(max_length=MAX_TEXT_LENGTH)
    source = models.CharField(max_length=100)
    in_bell = models.BooleanField(default=True)
    mail = models.CharField(max_length=5, choices=MailFrequency, default=MailFrequency.NEVER)
    created_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = "уведомление"
        verbose_name_plural = "уведомления"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["recipient", "source"], name="notification_once"),
            models.CheckConstraint(
                condition=Q(subject_type="", subject_id__isnull=True)
                | (~Q(subject_type="") & Q(subject_id__isnull=False)),
                name="notification_subject_is_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["recipient", "-id"],
                name="notification_unread",
                condition=Q(read_at__isnull=True, in_bell=True),
            ),
            models.Index(
                fields=["recipient", "-id"],
                name="notification_read",
                condition=Q(read_at__isnull=False, in_bell=True),
            ),
            models.Index(
                fields=["recipient"],
                name="notification_digest",
                condition=Q(mail="daily", mailed_at__isnull=True, read_at__isnull=True),
            ),
            models.Index(fields=["created_at"], name="notification_age"),
            models.Index(fields=["subject_id", "subject_type"], name="notification_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.recipient_id} {self.source}"


class NotificationPreference(models.Model):
    """How a user wants to be notified of one kind, if that differs from the default."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notification_preferences"
    )
    kind = models.CharField(max_length=12)
    bell = models.BooleanField(default=True)
    mail = models.CharField(max_length=5, choices=MailFrequency, default=DEFAULT_MAIL)

    class Meta:
        verbose_name = "настройка уведомлений"
        verbose_name_plural = "настройки уведомлений"
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="notification_choice_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"
