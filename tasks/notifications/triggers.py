"""Who is told of what. Called where a thing is recorded, in its transaction."""

from collections.abc import Iterable

from accounts.models import User
from accounts.users import administrators
from accounts.visibility import approvers_of, viewers_of
from econtract.platform.notifications.delivery import Event, notify
from econtract.platform.notifications.registry import NotificationKind
from econtract.platform.outbox.models import OutboxJob
from econtract.platform.outbox.registry import job_kind
from tasks.models import Comment, HistoryEntry, SigningTask
from tasks.notifications import kinds
from tasks.notifications.subject import subject_of
from tasks.statuses import FAILURES, Resolution, Status
from tasks.wording.history import SENTENCES

REFUSALS = frozenset({Resolution.CLIENT_REFUSED, Resolution.DATA_REFUSED})
NO_HEAD = "Задание ждет согласования, а руководителя в группах доступа менеджера нет"
# What a person has asked for and did not get, while the status stays what it is.
NOT_REVOKED = {name: SENTENCES[name] for name in ("revocation_too_late", "revocation_failed")}


def after_history(task: SigningTask, entry: HistoryEntry) -> None:
    """Tells whom the entry concerns; most concern nobody."""
    if entry.kind == HistoryEntry.Kind.TRANSITION:
        _after_transition(task, entry)
    elif entry.kind == HistoryEntry.Kind.TAKEN_OVER:
        _after_taking_over(task, entry)
    elif entry.name in NOT_REVOKED:
        notify([task.manager], _event(task, entry, kinds.ERROR, NOT_REVOKED[entry.name], ""))


def _after_transition(task: SigningTask, entry: HistoryEntry) -> None:
    if entry.new_status == Status.ON_APPROVAL:
        _ask_for_approval(task, entry)
    elif found := _for_manager(entry):
        notify([task.manager], _event(task, entry, *found), exclude=entry.actor)


def _ask_for_approval(task: SigningTask, entry: HistoryEntry) -> None:
    """Asks the heads; where there is none, administrators are told, or it would wait for ever."""
    if heads := list(approvers_of(task.manager_id)):
        event = _event(task, entry, kinds.APPROVAL, "Задание ждет согласования", entry.comment)
        notify(heads, event, exclude=entry.actor)
    else:
        notify(
            administrators(), _event(task, entry, kinds.APPROVAL, NO_HEAD, ""), exclude=entry.actor
        )


def _for_manager(entry: HistoryEntry) -> tuple[NotificationKind, str, str] | None:
    """Kind, sentence and somebody's words, when the task's manager is to be told."""
    if entry.name == "client_signed":
        return kinds.SIGNED, "Клиент подписал документ", ""
    if entry.name == "authority_documents_received":
        return kinds.AUTHORITY, "Клиент прислал документы о полномочиях, проверьте их", ""
    if entry.name == "approve":
        return kinds.APPROVAL, "Задание согласовано", entry.comment
    if entry.new_status == Status.APPROVAL_REJECTED:
        return kinds.APPROVAL, "Согласование отклонено", entry.comment
    if entry.new_status not in FAILURES or entry.resolution == Resolution.WITHDRAWN:
        return None
    status = Status(entry.new_status).label
    words = str(Resolution(entry.resolution).label) if entry.resolution else ""
    if entry.resolution in REFUSALS:
        return kinds.REFUSED, words, entry.comment
    return kinds.ERROR, str(status), words


def _after_taking_over(task: SigningTask, entry: HistoryEntry) -> None:
    given = f"Передал сотрудник {entry.actor}" if entry.actor else "Задание передано вам"
    notify(
        [task.manager],
        _event(task, entry, kinds.RECEIVED, given, entry.comment),
        exclude=entry.actor,
    )
    previous = User.objects.filter(pk=entry.details.get("previous_id"))
    left = _event(task, entry, kinds.TAKEN, f"Теперь задание ведет сотрудник {task.manager}", "")
    notify(previous, left, exclude=entry.actor)


def _event(
    task: SigningTask, entry: HistoryEntry, kind: NotificationKind, sentence: str, words: str
) -> Event:
    text = f"{sentence}: {words}" if words else sentence
    return Event(kind, text, f"history:{entry.pk}", subject_of(task))


def on_job_parked(task: SigningTask, job: OutboxJob) -> None:
    """Tells the manager of a call that failed for good and did not change the status."""
    text = f"{job_kind(job.kind).caption_when_parked}. Администратор может повторить"
    notify([task.manager], Event(kinds.ERROR, text, f"job:{job.key}", subject_of(task)))


def after_comment(comment: Comment, mentioned: Iterable[User]) -> None:
    """Tells the people named in it, the task's manager, and whoever has commented before."""
    task, author = comment.task, comment.author
    named = list(mentioned)
    words, source = f"{author}: {comment.text}", f"comment:{comment.pk}"
    notify(named, Event(kinds.MENTION, words, source, subject_of(task)), exclude=author)
    writers = set(task.comments.values_list("author_id", flat=True)) | {task.manager_id}
    others = viewers_of(task.manager_id).filter(pk__in=writers)
    others = others.exclude(pk__in=[person.pk for person in named])
    notify(others, Event(kinds.COMMENT, words, source, subject_of(task)), exclude=author)
