"""The columns of a list: those that everybody has, and those that a person may choose."""

from collections.abc import Collection
from dataclasses import dataclass

from tasks.listing.query import ListQuery

# What is natural to see first by a click on a header.
DESCENDING_FIRST = {"number", "updated", "created"}


@dataclass(frozen=True)
class Column:
    """``sort``: the order that a click on the header asks for, "" for none."""

    code: str
    label: str
    sort: str = ""
    optional: bool = True
    usual: bool = True


COLUMNS = (
    Column("number", "№", "number", optional=False),
    Column("client", "Клиент", "client", optional=False),
    Column("type", "Тип", usual=False),
    Column("region", "Регион", usual=False),
    Column("account", "Лицевой счет", usual=False),
    Column("stage", "Этап"),
    Column("status", "Статус", "status", optional=False),
    Column("turn", "Чей ход"),
    Column("channel", "Подписание", usual=False),
    Column("owner", "Ответственный", "owner"),
    Column("created", "Создано", "created", usual=False),
    Column("updated", "Обновлено", "updated"),
)
OPTIONAL = {column.code: column for column in COLUMNS if column.optional}
USUAL = [column.code for column in COLUMNS if column.optional and column.usual]


def shown_columns(chosen: Collection[str] | None, *, with_owner: bool) -> list[Column]:
    """The columns in their order; ``chosen`` None: the usual ones.

    Where all tasks are the person's own there is no «Ответственный».
    """
    wanted = USUAL if chosen is None else chosen
    return [
        column
        for column in COLUMNS
        if not column.optional or (column.code in wanted and (with_owner or column.code != "owner"))
    ]


def headers(columns: list[Column], query: ListQuery) -> list[dict[str, str]]:
    """Each with the link that sorts by it, and `aria-sort` on the one in force."""
    return [_header(column, query) for column in columns]


def _header(column: Column, query: ListQuery) -> dict[str, str]:
    key = column.sort
    header = {"label": column.label, "url": "", "aria_sort": "", "icon": ""}
    if not key:
        return header
    if query.sort.removeprefix("-") != key:
        first = f"-{key}" if key in DESCENDING_FIRST else key
        return {**header, "url": query.with_(sort=first).encode()}
    down = query.sort.startswith("-")
    return {
        **header,
        "url": query.with_(sort=key if down else f"-{key}").encode(),
        "aria_sort": "descending" if down else "ascending",
        "icon": "arrow-down" if down else "arrow-up",
    }
