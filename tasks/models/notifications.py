"""Notifications and what each person has chosen about them. Tables of the tasks room."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import User
from accounts.visibility import sight_of
from econtract.platform.common import clock
from econtract.platform.common.among import Among
from tasks.models.notification_kinds import (
    ABOUT_ONESELF,
    DEFAULT_MAIL,
    FOR_ADMINISTRATORS,
    Kind,
    Mail,
)

LONGEST_TEXT = 300


class NotificationQuerySet(models.QuerySet["Notification"]):
    def shown_to(self, user: User) -> Self:
        """His own, but for those about what he may no longer see."""
        own = self.filter(recipient=user)
        sight = sight_of(user)
        if sight.everything:
            return own
        seen = Q(Among("task__manager_id", sight.manager_ids), task__isnull=False)
        return own.filter(seen | Q(kind__in=ABOUT_ONESELF)).exclude(kind__in=FOR_ADMINISTRATORS)

    def in_bell(self) -> Self:
        return self.filter(in_bell=True)

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)

    def for_digest(self) -> Self:
        """What the next daily letter is to hold."""
        return self.filter(mail=Mail.DAILY, mailed_at__isnull=True, read_at__isnull=True)


class Notification(models.Model):
    """One person is told of one thing, once: ``source`` names what has caused it.

    ``mailed_at`` is set before the letter is sent, so that a worker that dies sends nothing twice.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications"
    )
    kind = models.CharField(max_length=12, choices=Kind)
    task = models.ForeignKey(
        "tasks.SigningTask", models.CASCADE, null=True, related_name="notifications"
    )
    status = models.CharField(max_length=40, blank=True, help_text="The task's, at that moment.")
    text = models.CharField(max_length=LONGEST_TEXT)
    source = models.CharField(max_length=100)
    in_bell = models.BooleanField(default=True)
    mail = models.CharField(max_length=5, choices=Mail, default=Mail.NEVER)
    created_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = "уведомление"
        verbose_name_plural = "уведомления"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["recipient", "source"], name="notification_once")
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
        ]

    def __str__(self) -> str:
        return f"{self.recipient_id} {self.source}"


class NotificationChoice(models.Model):
    """What a person wants to be told of one kind, where it is not the default."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notification_choices"
    )
    kind = models.CharField(max_length=12, choices=Kind)
    bell = models.BooleanField(default=True)
    mail = models.CharField(max_length=5, choices=Mail, default=DEFAULT_MAIL)

    class Meta:
        verbose_name = "настройка уведомлений"
        verbose_name_plural = "настройки уведомлений"
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="notification_choice_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"
