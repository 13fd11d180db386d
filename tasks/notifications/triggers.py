"""Triggers: which event notifies whom. Called in the transaction that records the event."""

from collections.abc import Iterable
from uuid import UUID

from accounts.models import User
from accounts.users import administrators
from accounts.visibility import approvers_of, viewers_of
from clients.messages.reasons import CONSENT_WITHDRAWN
from econtract.platform.common import clock
from econtract.platform.notifications.delivery import Event, notify
from econtract.platform.notifications.registry import NotificationKind
from econtract.platform.outbox.models import OutboxJob
from econtract.platform.outbox.registry import job_kind
from tasks.models import Comment, HistoryEntry, SigningTask
from tasks.notifications import kinds
from tasks.notifications.subject import build_subject
from tasks.statuses import FAILURES, Resolution, Status
from tasks.wording.history import SENTENCES

REFUSALS = frozenset({Resolution.CLIENT_REFUSED, Resolution.DATA_REFUSED, Resolution.WRONG_NUMBER})
NO_HEAD = "Задание ждет согласования, а руководителя в группах доступа менеджера нет"
IN_REVIEW = "Подпись клиента не удалось проверить, решает администратор"
# A revocation that a user requested in vain. The status stays as it was.
NOT_REVOKED = {
    name: SENTENCES[name]
    for name in (
        "revocation_too_late",
        "revocation_refused",
        "revocation_failed",
    )
}


def on_history_entry(task: SigningTask, entry: HistoryEntry) -> None:
    """Notifies the users whom ``entry`` concerns; most entries concern nobody."""
    if entry.kind == HistoryEntry.Kind.TRANSITION:
        _on_transition(task, entry)
    elif entry.kind == HistoryEntry.Kind.TAKEN_OVER:
        _on_takeover(task, entry)
    elif entry.name in NOT_REVOKED:
        notify([task.manager], _build_event(task, entry, kinds.ERROR, NOT_REVOKED[entry.name], ""))


def _on_transition(task: SigningTask, entry: HistoryEntry) -> None:
    if entry.new_status == Status.ON_APPROVAL:
        _ask_for_approval(task, entry)
    elif entry.new_status == Status.SIGNATURE_REVIEW:
        event = _build_event(task, entry, kinds.REVIEW, IN_REVIEW, entry.comment)
        notify([task.manager, *administrators()], event)
    elif message := _compose_for_manager(entry):
        notify([task.manager], _build_event(task, entry, *message), exclude=entry.actor)


def _ask_for_approval(task: SigningTask, entry: HistoryEntry) -> None:
    """Notifies the heads; without any, administrators, as the task would wait for ever."""
    if heads := list(approvers_of(task.manager_id)):
        event = _build_event(
            task, entry, kinds.APPROVAL, "Задание ждет согласования", entry.comment
        )
        notify(heads, event, exclude=entry.actor)
    else:
        notify(
            administrators(),
            _build_event(task, entry, kinds.APPROVAL, NO_HEAD, ""),
            exclude=entry.actor,
        )


def _compose_for_manager(entry: HistoryEntry) -> tuple[NotificationKind, str, str] | None:
    """Kind, sentence and detail of the manager's notification; None if they get none."""
    if entry.name == "client_signed":
        return kinds.SIGNED, "Клиент подписал документ", ""
    if entry.name == "authority_documents_received":
        return kinds.AUTHORITY, "Клиент прислал документы о полномочиях, проверьте их", ""
    if entry.name == "approve":
        return kinds.APPROVAL, "Задание согласовано", entry.comment
    if entry.name == "accept_signature":
        return kinds.REVIEW, "Администратор принял подпись клиента", entry.comment
    if entry.new_status == Status.APPROVAL_REJECTED:
        return kinds.APPROVAL, "Согласование отклонено", entry.comment
    if entry.new_status not in FAILURES or entry.resolution == Resolution.WITHDRAWN:
        return None
    resolution = str(Resolution(entry.resolution).label) if entry.resolution else ""
    if entry.resolution in REFUSALS:
        return kinds.REFUSED, resolution, entry.comment
    return kinds.ERROR, str(Status(entry.new_status).label), resolution


def _on_takeover(task: SigningTask, entry: HistoryEntry) -> None:
    sentence = f"Передал сотрудник {entry.actor}" if entry.actor else "Задание передано вам"
    event = _build_event(task, entry, kinds.RECEIVED, sentence, entry.comment)
    notify([task.manager], event, exclude=entry.actor)
    previous_manager = User.objects.filter(pk=entry.details.get("previous_id"))
    sentence = f"Теперь задание ведет сотрудник {task.manager}"
    event = _build_event(task, entry, kinds.TAKEN, sentence, "")
    notify(previous_manager, event, exclude=entry.actor)


def _build_event(
    task: SigningTask, entry: HistoryEntry, kind: NotificationKind, sentence: str, detail: str
) -> Event:
    text = f"{sentence}: {detail}" if detail else sentence
    return Event(kind, text, f"history:{entry.pk}", build_subject(task))


def on_job_parked(task: SigningTask, job: OutboxJob) -> None:
    """Notifies the manager of a job that failed for good without changing the status."""
    text = f"{job_kind(job.kind).caption_when_parked}. Администратор может повторить"
    notify([task.manager], Event(kinds.ERROR, text, f"job:{job.key}", build_subject(task)))


def on_link_undelivered(
    task: SigningTask, message_key: UUID, reason: str, *, by_email: bool
) -> None:
    """Notifies the manager at once: the client does not know that there is something to sign."""
    text = f"Ссылка на подписание не дошла до клиента. {reason}"
    if by_email:
        text += " Ссылка отправляется по электронной почте."
    notify([task.manager], Event(kinds.ERROR, text, f"message:{message_key}", build_subject(task)))


def on_consent_withdrawn(task: SigningTask) -> None:
    """Notifies the manager of a task whose client may no longer be written to."""
    source = f"consent:{task.number}:{clock.now().isoformat()}"
    event = Event(kinds.ERROR, CONSENT_WITHDRAWN.message, source, build_subject(task))
    notify([task.manager], event)


def on_comment(comment: Comment, mentioned: Iterable[User]) -> None:
    """Notifies the mentioned users, the task's manager, and everybody who has commented before."""
    task, author = comment.task, comment.author
    mentioned = list(mentioned)
    text, source = f"{comment.author_name}: {comment.text}", f"comment:{comment.pk}"
    notify(mentioned, Event(kinds.MENTION, text, source, build_subject(task)), exclude=author)
    authors = set(task.comments.values_list("author_id", flat=True)) | {task.manager_id}
    others = viewers_of(task.manager_id).filter(pk__in=authors)
    others = others.exclude(pk__in=[user.pk for user in mentioned])
    notify(others, Event(kinds.COMMENT, text, source, build_subject(task)), exclude=author)
