"""Columns of a list: one entry tells what the page and the xlsx file show of a row."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from econtract.platform.listing.query import ListQuery

# The values of one row by field.
RowValues = Mapping[str, Any]
# Gets the row and the context of its cells (`registry.ListDefinition.cell_context`).
CellText = Callable[[RowValues, Any], str]
XlsxValue = str | int | datetime | None


@dataclass(frozen=True)
class XlsxCell:
    """The column in a file. ``width`` is in characters.

    ``title`` and ``value`` default to those of the page. Datetimes are aware.
    """

    width: int
    title: str = ""
    value: Callable[[RowValues, Any], XlsxValue] | None = None


@dataclass(frozen=True, eq=False)
class Column:
    """One column of a list.

    ``fields``: the queryset fields that the functions read; nothing else is fetched or joined.
    ``text``: the text of the cell on the page; None for a column of the file alone. A cell has
    its own ``template`` where text is not all of it; ``details`` are more texts for it.
    ``css`` and ``phone_label`` (shown before the text where a row is a card) are for the others.
    ``sort``: the sort order that a click on the header sets, "" for none.
    ``optional``: users may hide it; ``is_default``: shown to users who have not chosen.
    """

    code: str
    title: str
    fields: tuple[str, ...]
    text: CellText | None = None
    xlsx: XlsxCell | None = None
    template: str = ""
    details: Mapping[str, CellText] = field(default_factory=dict)
    css: str = ""
    phone_label: str = ""
    sort: str = ""
    sort_descending_first: bool = False
    optional: bool = True
    is_default: bool = True

    @property
    def is_on_page(self) -> bool:
        return self.text is not None


def optional_columns(columns: Iterable[Column]) -> list[Column]:
    """The columns that users may show and hide."""
    return [column for column in columns if column.is_on_page and column.optional]


def default_codes(columns: Iterable[Column]) -> list[str]:
    """The optional columns of users who have not chosen."""
    return [column.code for column in optional_columns(columns) if column.is_default]


def page_columns(
    columns: Sequence[Column], codes: Collection[str] | None, *, hidden: Collection[str] = ()
) -> list[Column]:
    """The columns of a page in their order; ``codes`` are the optional ones, None the default.

    ``hidden`` are left out even if the user has chosen them.
    """
    if codes is None:
        codes = default_codes(columns)
    return [
        column
        for column in columns
        if column.is_on_page
        and (not column.optional or column.code in codes)
        and column.code not in hidden
    ]


def fields_of(key: str, columns: Iterable[Column]) -> tuple[str, ...]:
    """The fields to fetch for ``columns``, each once; the first is ``key``."""
    return tuple(dict.fromkeys((key, *(name for column in columns for name in column.fields))))


def column_headers(columns: Iterable[Column], query: ListQuery) -> list[dict[str, str]]:
    """Each with the link that sorts by it, and `aria-sort` on the one that is sorted by."""
    return [_header(column, query) for column in columns]


def _header(column: Column, query: ListQuery) -> dict[str, str]:
    header = {"label": column.title, "url": "", "aria_sort": "", "icon": ""}
    if not column.sort:
        return header
    ascending, descending = column.sort, f"-{column.sort}"
    if query.sort not in {ascending, descending}:
        first = descending if column.sort_descending_first else ascending
        return {**header, "url": query.with_changes(sort=first).encode()}
    is_descending = query.sort == descending
    opposite = ascending if is_descending else descending
    return {
        **header,
        "url": query.with_changes(sort=opposite).encode(),
        "aria_sort": "descending" if is_descending else "ascending",
        "icon": "arrow-down" if is_descending else "arrow-up",
    }
