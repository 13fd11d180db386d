"""System checks of this app's settings."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from accounts.roles import TaskType
from econtract.platform.installation.checks import INSTALLATION


@register(INSTALLATION)
def check_sms_task_types(**_: Any) -> Sequence[CheckMessage]:
    """SMS_TASK_TYPES names task types: a misspelled one would choose the ЭДО operator."""
    unknown = [name for name in settings.SMS_TASK_TYPES if name not in TaskType.values]
    if not unknown:
        return []
    known, names = ", ".join(TaskType.values), ", ".join(unknown)
    message = f"Set SMS_TASK_TYPES to some of {known}, not to {names}."
    return [Error(message, id="tasks.E001")]
