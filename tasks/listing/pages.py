"""The pages of the lists of tasks. Pages that are opened often use compiled queries."""

from dataclasses import replace
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from accounts.visibility import visibility_of
from econtract.platform.common.compiled import CompiledQuery, Parameter
from econtract.platform.common.id_lists import InBoundIds, bind_ids
from econtract.platform.listing import pagination
from econtract.platform.listing.counters import COUNT_LIMIT
from econtract.platform.listing.pagination import ListPage, build_page
from econtract.platform.listing.query import END
from econtract.platform.listing.sorting import Cursor
from tasks.listing.query import TaskListQuery
from tasks.listing.tabs import SEARCH, TABS, find_tasks, select_tab_tasks
from tasks.models import SigningTask
from tasks.models.queries import SigningTaskQuerySet

Fields = tuple[str, ...]
CompiledPage = CompiledQuery[tuple[Any, ...]]


def fetch_tab_page(
    user: User, tab: str, query: TaskListQuery, fields: Fields, total: int | None = None
) -> ListPage:
    """The page of the tab that ``query`` describes; see `pagination.fetch_page`."""
    if total != 0 and _is_opened_often(user, tab, query):
        compiled_page = _compile_tab_page(tab, query_shape(query), fields, with_total=total is None)
        rows = compiled_page(manager=user.pk, **get_cursor_values(query))
        if rows or not query.has_cursor:
            return build_page(rows, query, fields, total=total)
    return fetch_page(find_tasks(user, tab, query), query, fields, total=total)


def fetch_page(
    tasks: SigningTaskQuerySet, query: TaskListQuery, fields: Fields, *, total: int | None = None
) -> ListPage:
    """The page of ``tasks``. Results of a search come from a compiled query."""
    numbers = tasks.numbers
    if numbers is None:
        # An unfiltered tab embeds its manager ids, so its prepared plan is already specific.
        custom_plan = query.is_narrowed or query.has_cursor
        return pagination.fetch_page(tasks, query, fields, total=total, custom_plan=custom_plan)
    total = min(len(numbers), COUNT_LIMIT + 1) if total is None else total
    if total == 0:
        return ListPage([], 0)
    compiled_page = _compile_page_of_numbers(query_shape(query.without_filters()), fields)
    rows = compiled_page(numbers=bind_ids(numbers), **get_cursor_values(query))
    return build_page(rows, query, fields, total=total)


def _is_opened_often(user: User, tab: str, query: TaskListQuery) -> bool:
    """Whether the page differs between users only in whose tasks it shows."""
    if query.page > 1 or not query.has_only_codes:
        return False
    visibility = visibility_of(user)
    if tab == "my":
        return visibility.includes(user.pk)
    return visibility.sees_everything and tab != SEARCH


# --- Compiled pages: one for each shape of a query; the cursor is an argument of the call ---------


# Compiled: saves 1.1 of 1.2 ms (`scripts/bench compiled`).
@lru_cache(maxsize=128)
def _compile_tab_page(
    tab: str, shape: TaskListQuery, fields: Fields, *, with_total: bool
) -> CompiledPage:
    def build(
        manager: Parameter, first: Parameter, second: Parameter, third: Parameter
    ) -> QuerySet[SigningTask, tuple[Any, ...]]:
        tasks = SigningTask.objects.all()
        tab_tasks = select_tab_tasks(tab, own=tasks.of_manager(manager), visible=tasks)
        return pagination.page_queryset(
            shape.filter_tasks(tab_tasks, TABS[tab].statuses),
            shape,
            fields,
            cursor=build_parameter_cursor(shape, first, second, third),
            with_total=with_total,
        )

    return CompiledQuery(build)


# Compiled: saves 2.8 of 3.9 ms (`scripts/bench compiled`).
@lru_cache(maxsize=128)
def _compile_page_of_numbers(shape: TaskListQuery, fields: Fields) -> CompiledPage:
    def build(numbers: Parameter, first: Parameter, second: Parameter, third: Parameter) -> Any:
        tasks = SigningTask.objects.filter(InBoundIds("number", numbers))
        cursor = build_parameter_cursor(shape, first, second, third)
        page = pagination.limit_to_page(tasks, shape, cursor)
        # The page is selected first, so related rows are joined for its tasks only.
        page_tasks = SigningTask.objects.filter(pk__in=page.values("pk"))
        ordered = pagination.fetch_order(shape).apply(page_tasks)
        return ordered.values_list(*pagination.all_fields(shape, fields))

    return CompiledQuery(build)


def query_shape(query: TaskListQuery) -> TaskListQuery:
    """``query`` with a placeholder for its cursor: pages of one shape share a statement."""
    return replace(
        query,
        after=query.after and "any",
        before=query.before if query.before == END else query.before and "any",
    )


def build_parameter_cursor(shape: TaskListQuery, *parameters: Parameter) -> Cursor | None:
    """A cursor of as many ``parameters`` as the sort order has keys; None without a cursor."""
    has_cursor = shape.after or shape.before not in {"", END}
    return Cursor(parameters[: len(shape.sort_order.keys)]) if has_cursor else None


def get_cursor_values(query: TaskListQuery) -> dict[str, Any]:
    """The values for the parameters of `parameter_cursor`: «first», «second» and «third»."""
    cursor = query.cursor
    return dict(zip(("first", "second", "third"), cursor.values if cursor else (), strict=False))
