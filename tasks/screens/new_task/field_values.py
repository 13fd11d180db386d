"""What a form sends, as text: the shape in which drafts keep it."""

from collections.abc import Iterable

from django.http import QueryDict

FieldValues = dict[str, list[str]]

MAX_VALUE_LENGTH = 1000
MAX_VALUES = 100


def read_values(data: QueryDict, names: Iterable[str]) -> FieldValues:
    """The fields ``names`` of ``data``, each a list; what a database cannot store is left out."""
    return {
        name: [
            value.replace("\x00", "")[:MAX_VALUE_LENGTH]
            for value in data.getlist(name)[:MAX_VALUES]
        ]
        for name in names
        if name in data
    }


def get_value(values: FieldValues, name: str) -> str:
    """The last value of ``name`` without the spaces around it, "" when there is none."""
    found = values.get(name) or [""]
    return found[-1].strip()


def has_value(values: FieldValues, name: str) -> bool:
    """Whether anything was typed or chosen there."""
    return any(value.strip() for value in values.get(name, []))
