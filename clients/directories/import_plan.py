"""Compare a file with a directory in the database, and apply the difference."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from clients.directories.registry import Directory
from clients.directories.tables import read_table
from econtract.platform.timeline.events import FieldChange

FIRST_DATA_LINE = 2


class ChangeType(StrEnum):
    """What applying a plan does to a row."""

    ADD = "add"
    UPDATE = "update"
    REMOVE = "remove"


@dataclass(frozen=True)
class RowChange:
    """One row to add, update or remove; ``row`` has the new values already."""

    type: ChangeType
    row: models.Model
    title: str
    fields: tuple[FieldChange, ...] = ()


@dataclass
class ImportPlan:
    """What applying a file would do. A plan with ``errors`` cannot be applied."""

    directory: Directory
    changes: list[RowChange] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    unchanged: int = 0

    def of_type(self, change_type: ChangeType) -> list[RowChange]:
        return [change for change in self.changes if change.type is change_type]

    @property
    def fingerprint(self) -> str:
        """The same for two plans with the same changes."""
        changes = [(change.type.value, change.title, change.fields) for change in self.changes]
        return hashlib.sha256(repr(changes).encode()).hexdigest()


def build_plan(directory: Directory, rows: Sequence[dict[str, str]]) -> ImportPlan:
    """Compares ``rows`` (as `tables.read_table` returns them) with the database; no writes."""
    builder = _PlanBuilder(directory)
    builder.read_headings(rows[0] if rows else {})
    if not builder.plan.errors:
        for number, cells in enumerate(rows, start=FIRST_DATA_LINE):
            builder.read_line(number, cells)
        builder.add_removals()
    return builder.plan


def plan_initial_rows(directory: Directory) -> ImportPlan:
    """What loading the initial file would do. Raises TableError for a damaged file."""
    file = directory.initial_file
    return build_plan(directory, read_table(file.name, file.read_bytes()))


@transaction.atomic
def apply_plan(plan: ImportPlan, *, remove: bool = True) -> None:
    """Writes the changes of ``plan``; without ``remove``, rows that the file lacks stay.

    Raises ValueError for a plan with errors.
    """
    if plan.errors:
        raise ValueError("A plan with errors cannot be applied.")
    for change in plan.changes:
        if change.type is not ChangeType.REMOVE:
            change.row.save()
        elif remove:
            _remove(plan.directory, change.row)


def _remove(directory: Directory, row: models.Model) -> None:
    if directory.has_active_field:
        row.active = False  # type: ignore[attr-defined]
        row.save()
    else:
        row.delete()


class _PlanBuilder:
    """Reads a file line by line and builds ``plan``."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self.plan = ImportPlan(directory)
        # Field names by the headings of the file.
        self.field_names: dict[str, str] = {}
        # Line numbers by the keys of the rows.
        self.lines: dict[tuple[Any, ...], int] = {}
        rows = directory.model._default_manager.all()
        self.rows = {
            tuple(getattr(row, name) for name in directory.key_fields): row for row in rows
        }

    def read_headings(self, first_row: dict[str, str]) -> None:
        """Maps the columns to fields. A missing column is an error."""
        columns = self.directory.columns
        names = {heading.casefold(): name for heading, name in columns.items()}
        names |= {self.directory.label(name).casefold(): name for name in columns.values()}
        self.field_names = {
            heading: names[heading.casefold()]
            for heading in first_row
            if heading.casefold() in names
        }
        required = set(columns.values()) - self.directory.optional_fields
        for name in columns.values():
            if name in required and name not in self.field_names.values():
                self.plan.errors.append(f"Нет столбца «{self.directory.label(name)}»")

    def read_line(self, number: int, cells: dict[str, str]) -> None:
        """Compares one line of the file with the row that has the same key."""
        values = self._parse_cells(number, cells)
        if values is None:
            return
        key = tuple(values[name] for name in self.directory.key_fields)
        if key in self.lines:
            self.plan.errors.append(f"Строка {number} повторяет строку {self.lines[key]}")
            return
        self.lines[key] = number
        if self.directory.keeps_order:
            values["position"] = len(self.lines)
        if self.directory.has_active_field:
            values["active"] = True
        self._compare(number, self.rows.get(key), values)

    def add_removals(self) -> None:
        """Plans the removal of rows that the file lacks, unless they are switched off already."""
        for key, row in self.rows.items():
            if key not in self.lines and getattr(row, "active", True):
                self.plan.changes.append(RowChange(ChangeType.REMOVE, row, str(row)))
        self.plan.errors += self.directory.find_removal_problems(self.lines)

    def _parse_cells(self, number: int, cells: dict[str, str]) -> dict[str, Any] | None:
        """Values by field name; None after an error."""
        values = {}
        for heading, name in self.field_names.items():
            try:
                values[name] = self.directory.parse_value(name, cells[heading])
            except ValidationError as error:
                self._add_error(number, name, error.messages)
        return values if len(values) == len(self.field_names) else None

    def _compare(self, number: int, row: models.Model | None, values: dict[str, Any]) -> None:
        changes = self._field_changes(row, values)
        if row is not None and not changes:
            self.plan.unchanged += 1
            return
        new_row = row or self.directory.model()
        for name, value in values.items():
            setattr(new_row, name, value)
        if self._is_valid(number, new_row, values):
            change_type = ChangeType.UPDATE if row else ChangeType.ADD
            self.plan.changes.append(RowChange(change_type, new_row, str(new_row), changes))

    def _field_changes(
        self, row: models.Model | None, values: dict[str, Any]
    ) -> tuple[FieldChange, ...]:
        display = self.directory.display_value
        return tuple(
            FieldChange(
                self.directory.label(name),
                display(name, getattr(row, name)) if row else "",
                display(name, value),
            )
            for name, value in values.items()
            if row is None or getattr(row, name) != value
        )

    def _is_valid(self, number: int, row: models.Model, values: dict[str, Any]) -> bool:
        all_names = {item.name for item in self.directory.model._meta.fields}
        try:
            row.clean_fields(exclude=all_names - values.keys())
            row.clean()
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                self._add_error(number, name, messages)
            return False
        return True

    def _add_error(self, number: int, name: str, messages: Sequence[str]) -> None:
        text = "; ".join(messages)
        self.plan.errors.append(f"Строка {number}, «{self.directory.label(name)}»: {text}")
