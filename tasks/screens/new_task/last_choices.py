"""Region, box, signatory and document kind of the user's last task, offered for the next one."""

from urllib.parse import parse_qsl, urlencode

from accounts.models import User
from accounts.roles import TaskType
from tasks.models import DocumentKind, SigningTask
from tasks.screens.new_task.field_values import FieldValues, get_value

OFFERED_FIELDS = ("region", "box", "signatory", "document_kind")
# A hidden field: what was offered when the form was opened.
OFFER_FIELD = "offer"
OFFER_HINT = "Как в прошлом задании"


def find_last_choices(user: User, task_type: TaskType) -> FieldValues:
    """The offer as field values; empty before the user's first task of the type."""
    tasks = SigningTask.objects.filter(created_by=user, task_type=task_type)
    # By time and not by number: then the database reads the user's tasks and nobody else's.
    row = tasks.order_by("-created_at").values(*OFFERED_FIELDS).first()
    if row is None:
        return {}
    values = {name: str(value) for name, value in row.items() if value}
    if DocumentKind.objects.get(pk=row["document_kind"]).find_problem(task_type, user.role_codes):
        # Switched off since, or closed to the user.
        del values["document_kind"]
    return {OFFER_FIELD: [urlencode(values)], **{name: [value] for name, value in values.items()}}


def find_offered_fields(values: FieldValues) -> list[str]:
    """The fields that still have the value that was offered."""
    offer = dict(parse_qsl(get_value(values, OFFER_FIELD)))
    return [
        name for name in OFFERED_FIELDS if name in offer and offer[name] == get_value(values, name)
    ]
