"""Roles, their permissions, and the task types that a user can be given access to.

The matrix is docs/rules.md#roles. Roles add up. Codes are stored in the database and never
change; labels may.
"""

from enum import StrEnum

from django.db.models import TextChoices


class Role(TextChoices):
    MANAGER = "manager", "Менеджер"
    TEAM_LEAD = "team_lead", "Тимлидер"
    HEAD = "head", "Руководитель"
    ADMINISTRATOR = "administrator", "Администратор"
    TEMPLATE_EDITOR = "template_editor", "Редактор бланков"
    BATCH_RUNNER = "batch_runner", "Массовые прогоны"


class TaskType(TextChoices):
    LEGAL = "legal", "ЮЛ/ИП B2B"
    SELF_EMPLOYED = "self_employed", "Самозанятый B2B"
    CONTRACTOR = "contractor", "ДГПХ"


class Permission(StrEnum):
    """What pages and actions require. `accounts.visibility` says for whose tasks."""

    CREATE_TASKS = "create_tasks"
    WORK_TASKS = "work_tasks"
    SEE_TASKS = "see_tasks"
    COMMENT_OWN = "comment_own"
    COMMENT_VISIBLE = "comment_visible"
    APPROVE = "approve"
    SEE_DIRECTORY = "see_directory"
    EDIT_DIRECTORY = "edit_directory"
    ADMINISTER = "administer"
    EDIT_TEMPLATES = "edit_templates"
    RUN_BATCHES = "run_batches"


PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.MANAGER: frozenset(
        {
            Permission.CREATE_TASKS,
            Permission.WORK_TASKS,
            Permission.SEE_TASKS,
            Permission.COMMENT_OWN,
            Permission.SEE_DIRECTORY,
            Permission.EDIT_DIRECTORY,
        }
    ),
    Role.TEAM_LEAD: frozenset(
        {Permission.SEE_TASKS, Permission.COMMENT_VISIBLE, Permission.SEE_DIRECTORY}
    ),
    Role.HEAD: frozenset({Permission.SEE_TASKS, Permission.APPROVE, Permission.SEE_DIRECTORY}),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.SEE_TASKS,
            Permission.COMMENT_VISIBLE,
            Permission.SEE_DIRECTORY,
            Permission.EDIT_DIRECTORY,
            Permission.ADMINISTER,
            Permission.EDIT_TEMPLATES,
        }
    ),
    Role.TEMPLATE_EDITOR: frozenset({Permission.EDIT_TEMPLATES}),
    # Starting a batch takes `CREATE_TASKS` as well: the tasks are those of the user.
    Role.BATCH_RUNNER: frozenset({Permission.RUN_BATCHES}),
}
