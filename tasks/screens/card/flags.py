"""What a card may have, fetched with the task, so that the card queries only what is there."""

from dataclasses import dataclass, fields
from typing import Any, Self

from django.db.models import BooleanField, Model
from django.db.models.expressions import RawSQL

from econtract.platform.common.compiled import Parameter
from econtract.platform.notifications.inbox import UNREAD_IN_BELL
from econtract.platform.notifications.models import Notification
from econtract.platform.outbox.failures import ErrorKind
from econtract.platform.outbox.models import OutboxJob
from tasks.models import AuthorityDocument, Comment, SigningTask, Viewing
from tasks.notifications.subject import TASK


@dataclass(frozen=True)
class CardFlags:
    """Whether there is anything of each kind to query.

    ``troubles``: jobs that failed. ``viewers``: others who have the card open; ``note``: this
    user's own viewing is stored recently. ``news``: unread notifications of this task; ``bell``:
    any unread ones.
    """

    comments: bool
    authority_files: bool
    troubles: bool
    viewers: bool
    note: bool
    news: bool
    bell: bool

    @classmethod
    def of(cls, task: SigningTask) -> Self:
        """The flags of a ``task`` fetched with `card_flag_annotations`."""
        return cls(**{field.name: vars(task)[f"has_{field.name}"] for field in fields(cls)})


def card_flag_annotations(
    me: Parameter, shown_since: Parameter, noted_since: Parameter
) -> dict[str, RawSQL]:
    """Annotations of tasks for the user ``me``.

    Viewers count if seen after ``shown_since``, the user's own viewing after ``noted_since``
    (`tasks.actions.presence`).
    """
    subject = f"subject_id = {SigningTask._meta.db_table}.number"
    task = f"task_id = {SigningTask._meta.db_table}.number"
    job_subject = f"subject = {SigningTask._meta.db_table}.number"
    trouble = "(state = %s AND error_kind = %s OR state = %s)"
    of_trouble = (OutboxJob.State.OPEN, ErrorKind.TEMPORARY, OutboxJob.State.PARKED)
    return {
        "has_comments": _any(Comment, task),
        "has_authority_files": _any(AuthorityDocument, task),
        "has_troubles": _any(OutboxJob, f"{job_subject} AND {trouble}", *of_trouble),
        "has_viewers": _any(Viewing, f"{task} AND user_id <> %s AND seen_at > %s", me, shown_since),
        "has_note": _any(Viewing, f"{task} AND user_id = %s AND seen_at >= %s", me, noted_since),
        "has_news": _any(
            Notification,
            f"{subject} AND subject_type = %s AND recipient_id = %s AND read_at IS NULL",
            TASK,
            me,
        ),
        "has_bell": _any(Notification, UNREAD_IN_BELL, me),
    }


def _any(model: type[Model], rules: str, *parameters: Any) -> RawSQL:
    exists = f"EXISTS (SELECT 1 FROM {model._meta.db_table} WHERE {rules})"  # noqa: S608
    return RawSQL(exists, parameters, BooleanField())  # noqa: S611
