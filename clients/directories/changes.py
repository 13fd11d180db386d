"""What a file would change in a directory, and making it so."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from clients.directories.registry import Directory

Values = dict[str, Any]
FIRST_DATA_LINE = 2


class Kind(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True)
class Difference:
    """One field's old and new value, in words."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Change:
    """One row to be added, changed or removed; ``row`` has the new values already."""

    kind: Kind
    row: models.Model
    title: str
    differences: tuple[Difference, ...] = ()


@dataclass
class Plan:
    """What applying a file would do; with ``errors`` nothing can be applied."""

    directory: Directory
    changes: list[Change] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    unchanged: int = 0

    def of(self, kind: Kind) -> list[Change]:
        return [change for change in self.changes if change.kind is kind]

    @property
    def fingerprint(self) -> str:
        """Same for plans that would do the same: what a person confirmed is what is done."""
        told = [(change.kind.value, change.title, change.differences) for change in self.changes]
        return hashlib.sha256(repr(told).encode()).hexdigest()


def plan(directory: Directory, rows: Sequence[dict[str, str]]) -> Plan:
    """Compares ``rows`` (as `tables.read_table` gives them) with the database. Writes nothing."""
    planner = _Planner(directory)
    planner.read_headings(rows[0] if rows else {})
    if not planner.result.errors:
        for number, record in enumerate(rows, start=FIRST_DATA_LINE):
            planner.read_line(number, record)
        planner.note_missing()
    return planner.result


@transaction.atomic
def apply(planned: Plan, *, remove: bool = True) -> None:
    """Writes the plan's changes; ``remove`` says whether rows that the file leaves out go.

    Raises ValueError for a plan with errors.
    """
    if planned.errors:
        raise ValueError("A plan with errors cannot be applied.")
    for change in planned.changes:
        if change.kind is not Kind.REMOVED:
            change.row.save()
        elif remove:
            _remove(planned.directory, change.row)


def _remove(directory: Directory, row: models.Model) -> None:
    if directory.can_switch_off:
        row.active = False  # type: ignore[attr-defined]
        row.save()
    else:
        row.delete()


class _Planner:
    """Goes through a file line by line and fills a Plan."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self.result = Plan(directory)
        self.fields: dict[str, str] = {}
        self.lines: dict[tuple[Any, ...], int] = {}
        rows = directory.model._default_manager.all()
        self.stored = {tuple(getattr(row, name) for name in directory.key): row for row in rows}

    def read_headings(self, first: dict[str, str]) -> None:
        """Finds out which field each column fills; a missing column is an error."""
        columns = self.directory.columns
        known = {heading.casefold(): name for heading, name in columns.items()}
        known |= {self.directory.label(name).casefold(): name for name in columns.values()}
        self.fields = {
            heading: known[heading.casefold()] for heading in first if heading.casefold() in known
        }
        for name in columns.values():
            if name not in self.fields.values() and name not in self.directory.optional:
                self.result.errors.append(f"Нет столбца «{self.directory.label(name)}»")

    def read_line(self, number: int, record: dict[str, str]) -> None:
        """Compares one line of the file with the row that has its key."""
        values = self._values(number, record)
        if values is None:
            return
        key = tuple(values[name] for name in self.directory.key)
        if key in self.lines:
            self.result.errors.append(f"Строка {number} повторяет строку {self.lines[key]}")
            return
        self.lines[key] = number
        if self.directory.ordered:
            values["position"] = len(self.lines)
        if self.directory.can_switch_off:
            values["active"] = True
        self._compare(number, self.stored.get(key), values)

    def note_missing(self) -> None:
        """Rows that the file leaves out, those already switched off aside."""
        for key, row in self.stored.items():
            if key not in self.lines and getattr(row, "active", True):
                self.result.changes.append(Change(Kind.REMOVED, row, str(row)))

    def _values(self, number: int, record: dict[str, str]) -> Values | None:
        values = {}
        for heading, name in self.fields.items():
            try:
                values[name] = self.directory.parse(name, record[heading])
            except ValidationError as error:
                self._refuse(number, name, error.messages)
        return values if len(values) == len(self.fields) else None

    def _compare(self, number: int, row: models.Model | None, values: Values) -> None:
        differences = self._differences(row, values)
        if row is not None and not differences:
            self.result.unchanged += 1
            return
        changed = row or self.directory.model()
        for name, value in values.items():
            setattr(changed, name, value)
        if self._is_valid(number, changed, values):
            kind = Kind.CHANGED if row else Kind.ADDED
            self.result.changes.append(Change(kind, changed, str(changed), differences))

    def _differences(self, row: models.Model | None, values: Values) -> tuple[Difference, ...]:
        show = self.directory.show
        return tuple(
            Difference(
                self.directory.label(name),
                show(name, getattr(row, name)) if row else "",
                show(name, value),
            )
            for name, value in values.items()
            if row is None or getattr(row, name) != value
        )

    def _is_valid(self, number: int, row: models.Model, values: Values) -> bool:
        every = {item.name for item in self.directory.model._meta.fields}
        try:
            row.clean_fields(exclude=every - values.keys())
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                self._refuse(number, name, messages)
            return False
        return True

    def _refuse(self, number: int, name: str, messages: Sequence[str]) -> None:
        told = "; ".join(messages)
        self.result.errors.append(f"Строка {number}, «{self.directory.label(name)}»: {told}")
