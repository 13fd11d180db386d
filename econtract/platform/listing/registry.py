"""The lists of the product. Filled when the apps are ready."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from econtract.platform.listing.columns import Column
from econtract.platform.listing.query import ListQuery


@dataclass(frozen=True)
class ListDefinition:
    """One list, with all its tabs.

    ``find_rows(user, tab, query)`` gives the rows that the user may see there, in no order.
    ``cell_context(user)`` is passed to the functions of the columns. ``columns`` and
    ``file_columns`` are those of the page and of an xlsx file, in their order. ``nouns`` are the
    Russian forms for 1, 2 and 5 rows.
    """

    code: str
    query_class: type[ListQuery]
    columns: Sequence[Column]
    file_columns: Sequence[Column]
    find_rows: Callable[[Any, str, Any], QuerySet[Any]]
    cell_context: Callable[[Any], Any]
    sheet_title: str
    nouns: tuple[str, str, str]


_lists: dict[str, ListDefinition] = {}


def register_list(definition: ListDefinition) -> None:
    """Adds a list. Raises ValueError when its code is taken."""
    if definition.code in _lists:
        raise ValueError(f"List {definition.code} is registered twice.")
    _lists[definition.code] = definition


def list_definition(code: str) -> ListDefinition:
    """Raises KeyError for a code that nobody registered."""
    return _lists[code]
