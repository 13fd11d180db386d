"""How clients sign."""

from django.conf import settings
from django.db import models

from accounts.roles import TaskType


class Channel(models.TextChoices):
    """How the client signs."""

    EDO = "edo", "ЭДО"
    SMS = "sms", "СМС"


def default_channel_of_type(task_type: TaskType) -> Channel:
    """How clients of such tasks sign where neither the document's kind nor the manager says it."""
    return Channel.SMS if task_type in settings.SMS_TASK_TYPES else Channel.EDO
