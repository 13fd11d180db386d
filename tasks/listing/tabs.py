"""The lists: what each of them holds, and for whom it is there."""

from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import Permission
from accounts.visibility import sight_of
from econtract.platform.common.compiled import CompiledQuery, Parameter
from tasks.listing.counters import Counters
from tasks.listing.pagination import (
    Slice,
    place_given,
    place_values,
    shape_of,
    slice_of,
    sliced,
    statement,
)
from tasks.listing.query import ListQuery
from tasks.models import SigningTask
from tasks.models.queries import SigningTaskQuerySet
from tasks.statuses import FINISHED, IN_WORK, Status

LIST_LABELS = {"my": "Мои задания", "all": "Все задания", "archive": "Архив"}
STATUSES = {"my": IN_WORK, "all": IN_WORK, "archive": FINISHED}


def lists_of(user: User) -> list[str]:
    """«Мои» for those who work on tasks; «Все» where it can hold more than one's own."""
    sight, works = sight_of(user), user.may(Permission.WORK_TASKS)
    sees_others = sight.everything or bool(sight.manager_ids - {user.pk})
    lists = {"my": works, "all": sees_others or not works, "archive": True}
    return [tab for tab, shown in lists.items() if shown]


def tasks_of(user: User, tab: str) -> SigningTaskQuerySet:
    """What the tab holds before any filter: the one rule behind list, export and news."""
    tasks = SigningTask.objects.all()
    return _held(tab, mine=tasks.own_of(user), seen=tasks.visible_to(user))


def _held(tab: str, *, mine: SigningTaskQuerySet, seen: SigningTaskQuerySet) -> SigningTaskQuerySet:
    match tab:
        case "my":
            return mine.in_work()
        case "all":
            return seen.in_work()
        case "archive":
            return seen.finished()
        case _:
            return seen


def found_in(user: User, tab: str, query: ListQuery) -> SigningTaskQuerySet:
    """What the filters of ``query`` leave of the tab."""
    return query.apply(tasks_of(user, tab), STATUSES.get(tab, tuple(Status)))


def known_length(counters: Counters, tab: str, query: ListQuery) -> int | None:
    """How many tasks ``query`` finds, where a figure of the tabs or chips says so; else None."""
    if tab not in {"my", "all"} or not query.by_chip_alone:
        return None
    whole = counters.mine if tab == "my" else counters.seen
    return counters.by_chip[query.group] if query.group else whole


def page_of(
    user: User, tab: str, query: ListQuery, columns: tuple[str, ...], known: int | None
) -> Slice:
    """The page of the tab that ``query`` asks for (`tasks.listing.pagination.slice_of`)."""
    if known != 0 and _is_opened_often(user, tab, query):
        asked = _written(tab, shape_of(query), columns, counted=known is None)
        fetched = asked(manager=user.pk, **place_values(query))
        if fetched or not query.by_cursor:
            return sliced(fetched, query, columns, known=known)
    return slice_of(found_in(user, tab, query), query, columns, known=known)


def _is_opened_often(user: User, tab: str, query: ListQuery) -> bool:
    """Whether the tab holds the same for many, and what narrows it is nobody's own."""
    if query.page > 1 or not query.by_codes_alone:
        return False
    sight = sight_of(user)
    return sight.covers(user.pk) if tab == "my" else sight.everything and tab in STATUSES


@lru_cache(maxsize=128)
def _written(
    tab: str, query: ListQuery, columns: tuple[str, ...], *, counted: bool
) -> CompiledQuery[tuple[Any, ...]]:
    """The statement of such pages: to put it together is a tenth of what a page costs."""

    def build(
        manager: Parameter, first: Parameter, second: Parameter, third: Parameter
    ) -> QuerySet[SigningTask, tuple[Any, ...]]:
        tasks = SigningTask.objects.all()
        held = _held(tab, mine=tasks.of_manager(manager), seen=tasks)
        found = query.apply(held, STATUSES[tab])
        place = place_given(query, first, second, third)
        return statement(found, query, columns, place=place, counted=counted)

    return CompiledQuery(build)
