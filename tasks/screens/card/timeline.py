"""The history of a task as events of a timeline."""

from datetime import datetime
from typing import Any

from clients.models.formats import display_phone
from econtract.platform.common.formatting import format_with_zone
from econtract.platform.timeline.events import FieldChange, TimelineEvent
from tasks.models import HistoryEntry
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


def build_timeline_events(entries: list[HistoryEntry]) -> list[TimelineEvent]:
    """The events of the entries, newest first."""
    return [_build_event(entry) for entry in reversed(entries)]


def _build_event(entry: HistoryEntry) -> TimelineEvent:
    return TimelineEvent(
        time=format_with_zone(entry.at),
        iso=_iso(entry.at),
        text=_describe(entry),
        actor=_describe_actor(entry),
        badge=_badge(entry),
        icon=ICONS.get(Kind(entry.kind), ""),
        by_user=Actor(entry.acted_as) in USERS,
        notes=tuple(_notes(entry)),
        changes=tuple(_changes(entry)),
    )


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


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
