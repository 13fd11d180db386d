"""Actions on saved filters, and on the columns and the density that users have chosen."""

from collections.abc import Collection
from typing import Any

from django.db import IntegrityError, transaction
from django.http import QueryDict

from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.refusals import Refusal
from econtract.platform.listing.columns import default_codes, optional_columns
from econtract.platform.listing.counters import count_rows
from econtract.platform.listing.models import ListSettings, SavedFilter
from econtract.platform.listing.query import ListQuery
from econtract.platform.listing.registry import ListDefinition, list_definition

# Every filter costs a count whenever the menu is opened.
MAX_FILTERS_PER_USER = 30
NAME_TAKEN = Refusal("filter_name_taken", "Фильтр с таким названием у вас уже есть")
TOO_MANY_FILTERS = Refusal(
    "too_many_filters",
    f"Сохранить можно до {MAX_FILTERS_PER_USER} фильтров.",
    "Удалите ненужные",
)


def query_of(saved_filter: SavedFilter) -> ListQuery:
    """The query that the filter stores; values that are no longer valid are ignored."""
    query_class = list_definition(saved_filter.list_code).query_class
    return query_class.parse(QueryDict(saved_filter.query))


def save_filter(
    *, list_code: str, owner: Any, name: str, tab: str, query: ListQuery, group: Any
) -> SavedFilter:
    """Stores ``query`` under ``name``; ``group`` None: for the owner alone.

    Raises ActionRefused when the name is taken or the owner has too many filters.
    """
    if owner.saved_filters.count() >= MAX_FILTERS_PER_USER:
        raise ActionRefused(TOO_MANY_FILTERS)
    text = query.with_changes().encode().removeprefix("?")
    return _save(
        SavedFilter(list_code=list_code, owner=owner, name=name, tab=tab, query=text, group=group)
    )


def rename_filter(saved_filter: SavedFilter, name: str) -> SavedFilter:
    """Raises ActionRefused when the owner has another filter of that name."""
    saved_filter.name = name
    return _save(saved_filter)


def _save(saved_filter: SavedFilter) -> SavedFilter:
    try:
        with transaction.atomic():
            saved_filter.save()
    except IntegrityError as error:
        raise ActionRefused(NAME_TAKEN) from error
    return saved_filter


def filters_open_to(user: Any, definition: ListDefinition) -> list[tuple[SavedFilter, int]]:
    """The filters of the list that ``user`` may open, each with a capped count of their rows."""
    open_filters = SavedFilter.objects.open_to(user).filter(list_code=definition.code)
    filters = list(open_filters.select_related("owner", "group"))
    rows = {str(item.pk): definition.find_rows(user, item.tab, query_of(item)) for item in filters}
    counts = count_rows(user, rows)
    return [(item, counts[str(item.pk)]) for item in filters]


def choose_columns(user: Any, definition: ListDefinition, codes: Collection[str]) -> None:
    """Stores the optional columns of ``user``; unknown codes are ignored."""
    valid_codes = [
        column.code for column in optional_columns(definition.columns) if column.code in codes
    ]
    ListSettings.objects.update_or_create(
        user=user, list_code=definition.code, defaults={"columns": valid_codes}
    )


def choose_density(user: Any, definition: ListDefinition, *, is_dense: bool) -> None:
    """Stores whether ``user`` sees rows of one line."""
    ListSettings.objects.update_or_create(
        user=user, list_code=definition.code, defaults={"is_dense": is_dense}
    )


def load_columns(user: Any, definition: ListDefinition) -> list[str]:
    """The codes of the optional columns that ``user`` sees: stored or default."""
    settings = ListSettings.objects.filter(user=user, list_code=definition.code)
    codes = settings.values_list("columns", flat=True).first()
    return default_codes(definition.columns) if codes is None else codes
