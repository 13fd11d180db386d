"""The posted field values as text, in the form in which drafts store them."""

from collections.abc import Iterable

from django.http import QueryDict

FieldValues = dict[str, list[str]]

MAX_VALUE_LENGTH = 1000
MAX_VALUES = 100


def read_values(data: QueryDict, names: Iterable[str]) -> FieldValues:
    """The values of the fields ``names`` in ``data``, cut to the limits.

    NUL characters are removed: a database cannot store them.
    """
    return {
        name: [
            value.replace("\x00", "")[:MAX_VALUE_LENGTH]
            for value in data.getlist(name)[:MAX_VALUES]
        ]
        for name in names
        if name in data
    }


def get_value(values: FieldValues, name: str) -> str:
    """The last value of ``name``, stripped; "" when there is none."""
    return (values.get(name) or [""])[-1].strip()


def has_value(values: FieldValues, name: str) -> bool:
    """Whether anything was typed or chosen in the field."""
    return any(value.strip() for value in values.get(name, []))
