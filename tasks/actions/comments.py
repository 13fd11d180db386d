"""Comments on a task.

Every function is one transaction, takes ``actor``, and raises ActionRefused when it is not
possible now.
"""

import uuid

from django.db import transaction

from accounts.models import User
from accounts.roles import Permission
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.refusals import Refusal
from tasks.actions import mentions
from tasks.models import Comment, SigningTask
from tasks.notifications import triggers


@transaction.atomic
def add_comment(
    *, task: SigningTask, actor: User, text: str, submission_key: uuid.UUID | None = None
) -> Comment:
    """Adds a comment and notifies the users whom it concerns (docs/rules.md#comments).

    The same text with the same ``submission_key`` is the same comment, which is added once.
    Raises ActionRefused, also when it mentions («@логин») somebody who may not see the task.
    """
    if reasons := comment_refusals(task, actor):
        raise ActionRefused(*reasons)
    mentioned = mentions.find_mentioned_users(text, task)
    comment, is_new = Comment.objects.get_or_create(
        author=actor,
        submission_key=submission_key or uuid.uuid4(),
        defaults={"task": task, "text": text},
    )
    if not is_new and (comment.task_id, comment.text) != (task.pk, text):
        # The browser has shown a form again that was sent before, with another text in it.
        comment, is_new = Comment.objects.create(task=task, author=actor, text=text), True
    if is_new:
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
