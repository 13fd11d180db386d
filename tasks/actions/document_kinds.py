"""The directory of document kinds: its files, its initial rows, and who may choose what."""

from accounts.models import User
from accounts.roles import Role, TaskType
from clients.directories.import_plan import apply_plan, plan_initial_rows
from clients.directories.registry import Directory
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.refusals import Refusal
from tasks.models import DocumentKind
from tasks.statuses import DATA

DOCUMENT_KINDS = Directory(
    code="document_kinds",
    model=DocumentKind,
    columns={
        "code": "code",
        "name": "name",
        "default_channel": "default_channel",
        "default_template": "default_template",
        "retention_years": "retention_years",
        "task_types": "task_types",
        "roles": "roles",
    },
    key_fields=("code",),
    optional_fields=frozenset(
        {"default_channel", "default_template", "retention_years", "task_types", "roles"}
    ),
    list_choices={"task_types": TaskType, "roles": Role},
    keeps_order=True,
    folder=DATA,
)


def load_missing_kinds() -> None:
    """Fill an empty directory: tasks cannot be created without it. Rows that exist stay."""
    if not DocumentKind.objects.exists():
        apply_plan(plan_initial_rows(DOCUMENT_KINDS), remove=False)


def require_available_kind(code: str, *, task_type: TaskType, user: User) -> None:
    """Raises ActionRefused if ``user`` cannot choose the kind for a new task of the type."""
    kind = DocumentKind.objects.filter(pk=code).first()
    if kind is None:
        problem = "Такого вида документа в справочнике нет."
    else:
        problem = kind.find_problem(task_type, user.role_codes)
    if problem:
        fix = "Выберите другой вид документа."
        raise ActionRefused(Refusal("document_kind_unavailable", problem, fix))
