"""What a card has to show, fetched with the task: the card queries only what exists."""

from dataclasses import dataclass, fields
from typing import Any, Self

from django.db.models import BooleanField, Model
from django.db.models.expressions import RawSQL

from econtract.platform.common.compiled import Parameter
from econtract.platform.notifications.inbox import UNREAD_IN_BELL
from econtract.platform.notifications.models import Notification
from econtract.platform.outbox.failures import ErrorKind
from econtract.platform.outbox.models import OutboxJob
from tasks.lifecycle.effects import SUBMIT_DOCUMENT
from tasks.models import AuthorityDocument, Comment, SigningTask, Viewing
from tasks.notifications.subject import TASK

_TASKS = SigningTask._meta.db_table
# Another task in work with the same client and document number: the file is compared only then.
SAME_DOCUMENT_NUMBER = (
    f"EXISTS (SELECT 1 FROM {_TASKS} other WHERE other.document_number = {_TASKS}.document_number"  # noqa: S608
    f" AND other.client_id = {_TASKS}.client_id AND other.number <> {_TASKS}.number"
    " AND other.completed_at IS NULL)"
)
# By the name of its table: screens know channels, not what is behind them.
HAS_WITHDRAWALS = (
    "EXISTS (SELECT 1 FROM edo_agreementacceptance WHERE withdrawn_at IS NOT NULL AND contact_id ="  # noqa: S608
    f" (SELECT contact_id FROM clients_contactversion v WHERE v.id = {_TASKS}.contact_version_id))"
)


@dataclass(frozen=True)
class CardFlags:
    """Whether the task has rows of each kind.

    ``parked_submission``: jobs that could not put a document into the archive. ``same_documents``:
    other tasks in work with the same client and document number. ``troubles``: jobs that failed or
    wait. ``viewers``: other users who have the card open. ``own_viewing``: a recent viewing of this
    user. ``unread``: their unread notifications of this task; ``bell``: their unread notifications
    of any task. ``withdrawals``: consents that the person has withdrawn, and may have
    given anew.
    """

    comments: bool
    authority_files: bool
    parked_submission: bool
    same_documents: bool
    troubles: bool
    viewers: bool
    own_viewing: bool
    unread: bool
    bell: bool
    withdrawals: bool

    @classmethod
    def of(cls, task: SigningTask) -> Self:
        """The flags of a ``task`` fetched with `card_flag_annotations`."""
        return cls(**{field.name: vars(task)[f"has_{field.name}"] for field in fields(cls)})


def card_flag_annotations(
    user_id: Parameter, viewers_since: Parameter, own_viewing_since: Parameter
) -> dict[str, RawSQL]:
    """Annotations of tasks for the user ``user_id``.

    Other users' viewings count from ``viewers_since`` on, the user's own from
    ``own_viewing_since`` on (`tasks.actions.presence`).
    """
    by_subject = f"subject_id = {SigningTask._meta.db_table}.number"
    by_task = f"task_id = {SigningTask._meta.db_table}.number"
    by_job_subject = f"subject = {SigningTask._meta.db_table}.number"
    trouble = "(state = %s AND error_kind IN (%s, %s) OR state = %s)"
    trouble_parameters = (
        OutboxJob.State.OPEN,
        ErrorKind.TEMPORARY,
        ErrorKind.NOT_READY,
        OutboxJob.State.PARKED,
    )
    return {
        "has_comments": _exists(Comment, by_task),
        "has_authority_files": _exists(AuthorityDocument, by_task),
        "has_parked_submission": _exists(
            OutboxJob,
            f"{by_job_subject} AND state = %s AND kind = %s",
            OutboxJob.State.PARKED,
            SUBMIT_DOCUMENT,
        ),
        "has_same_documents": RawSQL(SAME_DOCUMENT_NUMBER, (), BooleanField()),  # noqa: S611
        "has_troubles": _exists(OutboxJob, f"{by_job_subject} AND {trouble}", *trouble_parameters),
        "has_viewers": _exists(
            Viewing, f"{by_task} AND user_id <> %s AND seen_at > %s", user_id, viewers_since
        ),
        "has_own_viewing": _exists(
            Viewing, f"{by_task} AND user_id = %s AND seen_at >= %s", user_id, own_viewing_since
        ),
        "has_unread": _exists(
            Notification,
            f"{by_subject} AND subject_type = %s AND recipient_id = %s AND read_at IS NULL",
            TASK,
            user_id,
        ),
        "has_bell": _exists(Notification, UNREAD_IN_BELL, user_id),
        "has_withdrawals": RawSQL(HAS_WITHDRAWALS, (), BooleanField()),  # noqa: S611
    }


def _exists(model: type[Model], condition: str, *parameters: Any) -> RawSQL:
    exists = f"EXISTS (SELECT 1 FROM {model._meta.db_table} WHERE {condition})"  # noqa: S608
    return RawSQL(exists, parameters, BooleanField())  # noqa: S611
