"""The directories that can be imported from files, and their columns."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from clients.models import BillingPrefix, Region, Service

DATA = Path(__file__).resolve().parent.parent / "data"
YES = frozenset({"да", "yes", "true", "1", "+"})
NO = frozenset({"нет", "no", "false", "0", "-", ""})
# Between the values of a cell with several; «;» and line breaks are read too.
SEPARATOR = ", "


@dataclass(frozen=True)
class Directory:
    """A model, and the columns of its files.

    ``columns`` maps headings to field names; the Russian label of a field is accepted as a
    heading too. ``key_fields`` identify a row. ``optional_fields`` keep their values when a file
    has no such column. ``list_choices`` has the choices of fields that hold a list of codes.
    ``keeps_order`` stores the order of the file in ``position``. Rows that a file lacks are
    switched off if the model has ``active``, otherwise deleted. ``folder`` has the initial file.
    """

    code: str
    model: type[models.Model]
    columns: dict[str, str]
    key_fields: tuple[str, ...]
    optional_fields: frozenset[str] = frozenset()
    list_choices: Mapping[str, type[models.TextChoices]] = field(default_factory=dict)
    keeps_order: bool = False
    folder: Path = DATA
    # From the keys that stay: why the others cannot go.
    find_removal_problems: Callable[[Collection[tuple[Any, ...]]], list[str]] = lambda keys: []

    @property
    def initial_file(self) -> Path:
        """The file that `load_reference` loads."""
        return self.folder / f"{self.code}.csv"

    @property
    def has_active_field(self) -> bool:
        return any(field.name == "active" for field in self.model._meta.fields)

    def field(self, name: str) -> models.Field:
        """The model's field. Raises FieldDoesNotExist."""
        return self.model._meta.get_field(name)  # type: ignore[return-value]

    def label(self, name: str) -> str:
        return str(self.field(name).verbose_name)

    def parse_value(self, name: str, text: str) -> Any:
        """The value of the field for the ``text`` of a cell. Raises ValidationError."""
        field = self.field(name)
        if name in self.list_choices:
            return _parse_choices(self.list_choices[name].choices, text)
        if isinstance(field, models.BooleanField):
            return _parse_boolean(text)
        if not text and (field.null or field.blank):
            return None if field.null else ""
        if isinstance(field, models.ForeignKey):
            return _find_by_name(field.remote_field.model, text)
        if field.choices:
            return _parse_choice(field.flatchoices, text)
        return field.to_python(text)

    def display_value(self, name: str, value: Any) -> str:
        """The value as text, which `parse_value` accepts."""
        field = self.field(name)
        if name in self.list_choices:
            labels = dict(self.list_choices[name].choices)
            return SEPARATOR.join(str(labels.get(code, code)) for code in value)
        if isinstance(field, models.BooleanField):
            return "да" if value else "нет"
        return "" if value is None else str(dict(field.flatchoices).get(value, value))


def _find_unpriced_services(keys: Collection[tuple[Any, ...]]) -> list[str]:
    """The services whose billing system would have no prefix any more."""
    systems = {system for system, _ in keys}
    return [
        f"Кодов биллинга «{service.billing_system}» в файле нет, а услуга «{service}» "
        "проверяет по ним ЛС"
        for service in Service.objects.filter(active=True)
        if service.billing_system is not None
        and service.billing_system not in systems
        and BillingPrefix.objects.filter(billing_system=service.billing_system).exists()
    ]


REGIONS = Directory(
    code="regions",
    model=Region,
    columns={
        "mrf": "mrf",
        "region": "name",
        "account_prefix": "account_prefix",
        "prefix_source": "prefix_source",
        "archive": "archive",
        "seamless": "seamless",
    },
    key_fields=("name",),
    optional_fields=frozenset({"prefix_source"}),
)
SERVICES = Directory(
    code="services",
    model=Service,
    columns={
        "code": "code",
        "name": "name",
        "fraud_risk": "fraud_risk",
        "account_rule": "account_rule",
    },
    key_fields=("code",),
    keeps_order=True,
)
BILLING_PREFIXES = Directory(
    code="billing_prefixes",
    model=BillingPrefix,
    columns={
        "billing_system": "billing_system",
        "service": "service",
        "mrf": "mrf",
        "account_prefix": "account_prefix",
        "prefix_source": "prefix_source",
    },
    key_fields=("billing_system", "mrf"),
    optional_fields=frozenset({"prefix_source"}),
    find_removal_problems=_find_unpriced_services,
)
# In the order of loading: services refer to billing systems. Rooms above add theirs.
DIRECTORIES = [REGIONS, BILLING_PREFIXES, SERVICES]


def register_directory(directory: Directory) -> None:
    """Let `load_reference` load a directory of a room above."""
    DIRECTORIES.append(directory)


def _parse_boolean(text: str) -> bool:
    word = text.casefold()
    if word in YES:
        return True
    if word in NO:
        return False
    raise ValidationError("напишите «да» или «нет»")


def _parse_choice(choices: Iterable[tuple[Any, Any]], text: str) -> Any:
    choices = list(choices)
    for value, label in choices:
        if text.casefold() in {str(value).casefold(), str(label).casefold()}:
            return value
    labels = ", ".join(str(label) for _, label in choices)
    raise ValidationError(f"напишите одно из: {labels}")


def _find_by_name(model: type[models.Model], name: str) -> models.Model:
    """The row with this name, whatever its case. Raises ValidationError."""
    # SQLite compares only Latin letters without case.
    rows = (row for row in model._default_manager.all() if str(row).casefold() == name.casefold())
    row = next(rows, None)
    if row is None:
        raise ValidationError(f"«{name}» в справочнике «{model._meta.verbose_name_plural}» нет")
    return row


def _parse_choices(choices: Iterable[tuple[Any, Any]], text: str) -> list[Any]:
    choices, parts = list(choices), re.split(r"[,;\n]", text)
    return [_parse_choice(choices, part.strip()) for part in parts if part.strip()]
