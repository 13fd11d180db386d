"""Filters under a name, and the columns of a person: what is done to them."""

from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.http import QueryDict

from accounts.models import AccessGroup, User
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.refusals import Refusal
from tasks.listing.columns import OPTIONAL, USUAL
from tasks.listing.counters import count_all
from tasks.listing.query import ListQuery
from tasks.listing.tabs import found_in
from tasks.models.lists import ListSettings, SavedFilter

# Each costs a figure whenever the menu is opened.
MOST_OF_A_PERSON = 30
TAKEN = Refusal("filter_name_taken", "Фильтр с таким названием у вас уже есть")
TOO_MANY = Refusal(
    "too_many_filters",
    f"Сохранить можно до {MOST_OF_A_PERSON} фильтров.",
    "Удалите ненужные",
)


def query_of(saved: SavedFilter) -> ListQuery:
    """What the filter asks for; values that are no longer known are left out."""
    return ListQuery.read(QueryDict(saved.query))


def save(
    *, user: User, name: str, tab: str, query: ListQuery, group: AccessGroup | None
) -> SavedFilter:
    """Keeps ``query`` under ``name``. Raises ActionRefused for a name in use or too many."""
    if user.saved_filters.count() >= MOST_OF_A_PERSON:
        raise ActionRefused(TOO_MANY)
    text = query.with_().encode().removeprefix("?")
    saved = SavedFilter(owner=user, name=name, tab=tab, query=text, group=group)
    return _store(saved)


def rename(saved: SavedFilter, name: str) -> SavedFilter:
    """Raises ActionRefused when the author has another of that name."""
    saved.name = name
    return _store(saved)


def _store(saved: SavedFilter) -> SavedFilter:
    try:
        with transaction.atomic():
            saved.save()
    except IntegrityError as error:
        raise ActionRefused(TAKEN) from error
    return saved


def open_to(user: User) -> list[tuple[SavedFilter, int]]:
    """The filters that ``user`` may open, each with how much it finds for him (capped)."""
    filters = list(SavedFilter.objects.open_to(user).select_related("owner", "group"))
    found = {str(one.pk): found_in(user, one.tab, query_of(one)) for one in filters}
    counts = count_all(user, found)
    return [(one, counts[str(one.pk)]) for one in filters]


def choose_columns(user: User, codes: Collection[str]) -> None:
    """Keeps the optional columns of the lists of ``user``; unknown codes are left out."""
    chosen = [code for code in OPTIONAL if code in codes]
    ListSettings.objects.update_or_create(user=user, defaults={"columns": chosen})


def columns_of(user: User) -> list[str]:
    """The optional columns of the lists of ``user``: those chosen, or the usual ones."""
    chosen = ListSettings.objects.filter(user=user).values_list("columns", flat=True).first()
    return USUAL if chosen is None else chosen
