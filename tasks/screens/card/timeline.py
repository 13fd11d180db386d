"""The history of a task and its comments as events of a timeline."""

from collections.abc import Iterable
from operator import attrgetter
from typing import Any

from clients.models.formats import display_phone
from econtract.platform.timeline.events import FieldChange, TimelineEvent
from tasks.models import Comment, HistoryEntry
from tasks.statuses import FAILURES, Resolution, Status
from tasks.transitions import Actor
from tasks.wording.history import FIELDS, MANAGER_CHANGES, SENTENCES

Kind = HistoryEntry.Kind

ICONS = {
    Kind.TAKEN_OVER: "arrows-exchange",
    Kind.EDITED: "pencil",
    Kind.DOCUMENT: "file",
    Kind.OUTSIDE: "external-link",
}
ACTORS = {
    Actor.MANAGER: "Менеджер",
    Actor.APPROVER: "Согласующий",
    Actor.CLIENT: "Клиент",
    Actor.SYSTEM: "Система",
    Actor.SUPPORT: "Техподдержка",
}
USERS = {Actor.MANAGER, Actor.APPROVER, Actor.SUPPORT}


def build_timeline_events(entries: Iterable[HistoryEntry]) -> list[TimelineEvent]:
    return [_build_event(entry) for entry in entries]


def build_comment_events(comments: Iterable[Comment]) -> list[TimelineEvent]:
    return [_build_comment_event(comment) for comment in comments]


def merge_events(*timelines: list[TimelineEvent]) -> list[TimelineEvent]:
    """The events of all ``timelines``, newest first.

    Each of them is oldest first. Of events of the same moment, those of a later timeline and the
    later ones of one timeline count as newer.
    """
    events = [event for timeline in timelines for event in timeline]
    return sorted(events, key=attrgetter("at"))[::-1]


def _build_event(entry: HistoryEntry) -> TimelineEvent:
    return TimelineEvent(
        at=entry.at,
        text=_describe(entry),
        actor=_describe_actor(entry),
        badge=_badge(entry),
        icon=ICONS.get(Kind(entry.kind), ""),
        by_user=Actor(entry.acted_as) in USERS,
        notes=tuple(_notes(entry)),
        changes=tuple(_changes(entry)),
    )


def _build_comment_event(comment: Comment) -> TimelineEvent:
    return TimelineEvent(
        at=comment.created_at,
        text="Комментарий",
        actor=str(comment.author),
        badge="",
        icon="message",
        by_user=True,
        notes=(comment.text,),
    )


def _describe(entry: HistoryEntry) -> str:
    if entry.kind == Kind.TAKEN_OVER:
        previous, new = entry.details.get("previous", "–"), entry.details.get("new", "–")
        return f"{MANAGER_CHANGES[entry.name]}: {previous} → {new}"
    if entry.kind == Kind.TRANSITION and entry.new_status:
        new_label = Status(entry.new_status).label
        if not entry.old_status:
            return f"{SENTENCES['submit']}: {new_label}"
        return f"{Status(entry.old_status).label} → {new_label}"
    return SENTENCES.get(entry.name, entry.get_kind_display())


def _describe_actor(entry: HistoryEntry) -> str:
    role = ACTORS[Actor(entry.acted_as)]
    return f"{entry.actor} ({role.lower()})" if entry.actor else role


def _badge(entry: HistoryEntry) -> str:
    if entry.kind != Kind.TRANSITION:
        return ""
    if entry.new_status in FAILURES:
        return "error"
    return "done" if entry.new_status == Status.COMPLETED else ""


def _notes(entry: HistoryEntry) -> list[str]:
    notes = [f"{Resolution(entry.resolution).label}."] if entry.resolution else []
    if entry.comment:
        notes.append(entry.comment)
    if name := entry.details.get("file_name"):
        notes.append(f"{name}, версия {entry.details.get('version', '–')}.")
    if files := entry.details.get("files"):
        notes.append(f"Файлы: {', '.join(files)}.")
    return notes


def _changes(entry: HistoryEntry) -> list[FieldChange]:
    changes: dict[str, list[Any]] = entry.details.get("changed", {})
    return [
        FieldChange(FIELDS.get(name, name), _display_value(name, old), _display_value(name, new))
        for name, (old, new) in changes.items()
    ]


def _display_value(name: str, value: Any) -> str:
    return display_phone(str(value)) if name == "phone" else str(value)
