"""What a form sends, as text: the shape in which drafts keep it."""

from collections.abc import Iterable

from django.http import QueryDict

Values = dict[str, list[str]]

LONGEST = 1000
MOST = 100


def read(data: QueryDict, names: Iterable[str]) -> Values:
    """The fields ``names`` of ``data``, each a list; what a database cannot store is left out."""
    return {
        name: [value.replace("\x00", "")[:LONGEST] for value in data.getlist(name)[:MOST]]
        for name in names
        if name in data
    }


def one(values: Values, name: str) -> str:
    """The last value of ``name`` without the spaces around it, "" when there is none."""
    found = values.get(name) or [""]
    return found[-1].strip()


def said(values: Values, name: str) -> bool:
    """Whether anything was typed or chosen there."""
    return any(value.strip() for value in values.get(name, []))
