"""Comments on a task.

Every function is one transaction, takes ``actor``, and raises ActionRefused when it is not
possible now.
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
    """Adds a comment and notifies the users whom it concerns (docs/rules.md#comments).

    Raises ActionRefused, also when it mentions («@логин») somebody who may not see the task.
    """
    if reasons := comment_refusals(task, actor):
        raise ActionRefused(*reasons)
    mentioned = mentions.find_mentioned_users(text, task)
    comment = Comment.objects.create(task=task, author=actor, text=text)
    triggers.on_comment(comment, mentioned)
    return comment


def comment_refusals(task: SigningTask, user: User) -> list[Refusal]:
    """Why ``user`` cannot comment on the task; empty: they can.

    With the manager's role on their own tasks, with the team leader's on every visible one.
    """
    if user.has_permission(Permission.COMMENT_VISIBLE):
        return []
    if user.has_permission(Permission.COMMENT_OWN) and task.manager_id == user.pk:
        return []
    text = "Комментарии пишут менеджер задания, тимлидер и администратор."
    return [Refusal("comment_forbidden", text)]
