"""Which directories come from files, and what their columns are."""

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
    """One directory: its model, and how a file's columns are named.

    ``columns`` maps a heading of the shipped file to a field; the field's Russian label is
    understood as a heading too. ``key`` are the fields that tell rows apart. Rows that a file
    leaves out are switched off when the model has ``active``, else deleted. ``optional``
    fields stay as they are when a file has no such column. ``ordered`` keeps the file's order
    in ``position``.
    """

    code: str
    model: type[models.Model]
    columns: dict[str, str]
    key: tuple[str, ...]
    optional: frozenset[str] = frozenset()
    ordered: bool = False

    @property
    def shipped_file(self) -> Path:
        return DATA / f"{self.code}.csv"

    @property
    def can_switch_off(self) -> bool:
        return any(field.name == "active" for field in self.model._meta.fields)

    def field(self, name: str) -> models.Field:
        """The model's field. Raises FieldDoesNotExist."""
        return self.model._meta.get_field(name)  # type: ignore[return-value]

    def label(self, name: str) -> str:
        return str(self.field(name).verbose_name)

    def parse(self, name: str, text: str) -> Any:
        """``text`` of a cell as the field's value. Raises ValidationError."""
        field = self.field(name)
        if isinstance(field, models.BooleanField):
            return _yes_or_no(text)
        if field.choices:
            return _choice(field, text)
        return text

    def show(self, name: str, value: Any) -> str:
        """A field's value in words."""
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
    key=("name",),
    optional=frozenset({"prefix_source"}),
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
    key=("code",),
    ordered=True,
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
    key=("billing_system", "mrf"),
    optional=frozenset({"prefix_source"}),
)
DIRECTORIES = (REGIONS, SERVICES, BILLING_PREFIXES)


def _yes_or_no(text: str) -> bool:
    word = text.casefold()
    if word in YES:
        return True
    if word in NO:
        return False
    raise ValidationError("напишите «да» или «нет»")


def _choice(field: models.Field, text: str) -> Any:
    for value, label in field.flatchoices:
        if text.casefold() in {str(value).casefold(), str(label).casefold()}:
            return value
    known = ", ".join(str(label) for _, label in field.flatchoices)
    raise ValidationError(f"напишите одно из: {known}")
