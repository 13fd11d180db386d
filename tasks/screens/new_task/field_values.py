"""The posted field values as text, in the form in which drafts store them."""

from collections.abc import Iterable

from django.http import QueryDict

FieldValues = dict[str, list[str]]

MAX_VALUE_LENGTH = 1000
# Fields that a template asks for; they may hold whole paragraphs.
ASKED_PREFIX = "asked-"
MAX_ASKED_LENGTH = 10_000
MAX_VALUES = 100


def read_values(data: QueryDict, names: Iterable[str]) -> FieldValues:
    """The values of the fields ``names`` in ``data``, cut to the limits.

    NUL characters are removed: a database cannot store them.
    """
    return {
        name: [
            value.replace("\x00", "")[: _max_length(name)]
            for value in data.getlist(name)[:MAX_VALUES]
        ]
        for name in names
        if name in data
    }


def _max_length(name: str) -> int:
    return MAX_ASKED_LENGTH if name.startswith(ASKED_PREFIX) else MAX_VALUE_LENGTH


def get_value(values: FieldValues, name: str) -> str:
    """The last value of ``name``, stripped; "" when there is none."""
    return (values.get(name) or [""])[-1].strip()


def has_value(values: FieldValues, name: str) -> bool:
    """Whether anything was typed or chosen in the field."""
    return any(value.strip() for value in values.get(name, []))
