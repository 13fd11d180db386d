"""The directories that can be imported from files, and their columns."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from clients.models import BillingPrefix, Region, Service

DATA = Path(__file__).resolve().parent.parent / "data"
YES = frozenset({"да", "yes", "true", "1", "+"})
NO = frozenset({"нет", "no", "false", "0", "-", ""})


@dataclass(frozen=True)
class Directory:
    """A model, and the columns of its files.

    ``columns`` maps headings to field names; the Russian label of a field is accepted as a
    heading too. ``key_fields`` identify a row. ``optional_fields`` keep their values when a file
    has no such column. ``keeps_order`` stores the order of the file in ``position``. Rows that a
    file lacks are switched off if the model has ``active``, otherwise deleted.
    """

    code: str
    model: type[models.Model]
    columns: dict[str, str]
    key_fields: tuple[str, ...]
    optional_fields: frozenset[str] = frozenset()
    keeps_order: bool = False

    @property
    def initial_file(self) -> Path:
        """The file that `load_reference` loads."""
        return DATA / f"{self.code}.csv"

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
        if isinstance(field, models.BooleanField):
            return _parse_boolean(text)
        if field.choices:
            return _parse_choice(field, text)
        return text

    def display_value(self, name: str, value: Any) -> str:
        """The value as text, which `parse_value` accepts."""
        field = self.field(name)
        if isinstance(field, models.BooleanField):
            return "да" if value else "нет"
        return str(dict(field.flatchoices).get(value, value))


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
)
DIRECTORIES = (REGIONS, SERVICES, BILLING_PREFIXES)


def _parse_boolean(text: str) -> bool:
    word = text.casefold()
    if word in YES:
        return True
    if word in NO:
        return False
    raise ValidationError("напишите «да» или «нет»")


def _parse_choice(field: models.Field, text: str) -> Any:
    for value, label in field.flatchoices:
        if text.casefold() in {str(value).casefold(), str(label).casefold()}:
            return value
    labels = ", ".join(str(label) for _, label in field.flatchoices)
    raise ValidationError(f"напишите одно из: {labels}")
