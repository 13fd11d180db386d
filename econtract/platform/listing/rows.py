"""The rows of a list as markup: formatted in Python, rendered through a compiled pattern.

The template of a row is rendered once for a choice of columns, with placeholders for the texts;
each row then costs one `%`. Model instances, includes and formatting in the template would be most
of what a list costs (docs/benchmarks.md).
"""

from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from econtract.platform.listing.columns import Column

# The texts of one row: by the column's code, details as «code.detail».
RowTexts = dict[str, str]


def format_rows(
    rows: Iterable[tuple[Any, ...]],
    fields: Sequence[str],
    columns: Sequence[Column],
    context: Any,
) -> list[RowTexts]:
    """The texts of ``rows``, tuples that begin with the values of ``fields``."""
    texts = [
        *((column.code, column.text) for column in columns if column.text is not None),
        *(
            (f"{column.code}.{name}", text)
            for column in columns
            for name, text in column.details.items()
        ),
    ]
    values = (dict(zip(fields, row, strict=False)) for row in rows)
    return [{name: text(row, context) for name, text in texts} for row in values]


def render_rows(texts: Iterable[RowTexts], columns: Sequence[Column], template: str) -> SafeString:
    """``texts`` as markup, escaped. ``template`` is that of one row.

    It gets ``cells`` (each the ``column``, its ``text`` and ``details``), and ``cell_by_code``.
    It must not test the texts, and writes a percent sign twice. An empty `<small>` is left out of
    the result.
    """
    pattern = _row_pattern(tuple(columns), template)
    rows = (pattern % {name: escape(text) for name, text in row.items()} for row in texts)
    return mark_safe("".join(rows).replace("<small></small>", ""))  # noqa: S308


@cache
def _row_pattern(columns: tuple[Column, ...], template: str) -> str:
    cells = [
        {
            "column": column,
            "text": mark_safe(f"%({column.code})s"),  # noqa: S308
            "details": {
                name: mark_safe(f"%({column.code}.{name})s")  # noqa: S308
                for name in column.details
            },
        }
        for column in columns
    ]
    by_code = {column.code: cell for column, cell in zip(columns, cells, strict=True)}
    return render_to_string(template, {"cells": cells, "cell_by_code": by_code})
