"""Comments on a task.

Every function is one transaction, takes ``actor``, and raises ActionRefused with words for the
user when it is not possible now.
"""

from django.db import transaction

from accounts.models import User
from accounts.roles import Permission
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.refusals import Refusal
from tasks.actions import mentions
from tasks.models import Comment, SigningTask
from tasks.notifications import triggers


@transaction.atomic
def add_comment(*, task: SigningTask, actor: User, text: str) -> Comment:
    """Adds a comment and tells whom it concerns; who may: docs/rules.md#comments.

    Refused when it names («@логин») anybody who does not see the task.
    """
    if reasons := comment_refusals(task, actor):
        raise ActionRefused(*reasons)
    mentioned = mentions.people_in(text, task)
    made = Comment.objects.create(task=task, author=actor, text=text)
    triggers.after_comment(made, mentioned)
    return made


def comment_refusals(task: SigningTask, user: User) -> list[Refusal]:
    """Why ``user`` does not write comments here; empty: he does.

    On his own tasks with the manager's role; on every visible one with the team leader's.
    """
    if user.has_permission(Permission.COMMENT_VISIBLE):
        return []
    if user.has_permission(Permission.COMMENT_OWN) and task.manager_id == user.pk:
        return []
    text = "Комментарии пишут менеджер задания, тимлидер и администратор."
    return [Refusal("comment_forbidden", text)]
