"""The way through a list: previous and next task, in the order in which the list was drawn.

The page of the list that a person came from is kept in his session, not asked again: a task that
he has worked on stays where it was, and a step costs the same whatever the list's size.
"""

from dataclasses import asdict, dataclass
from typing import Self

from django.contrib.sessions.backends.base import SessionBase
from django.http import QueryDict
from django.urls import reverse

from accounts.models import User
from tasks.listing.counters import COUNTED
from tasks.listing.pagination import Slice, slice_of
from tasks.listing.query import ListQuery
from tasks.listing.tabs import found_in
from tasks.models import SigningTask

IN_SESSION = "walk"
# Which end of a page one steps onto from its neighbour.
ENDS = {"previous": -1, "following": 0}


@dataclass(frozen=True)
class Walk:
    """One drawn page. ``first`` is the place of its first row, 0 where nobody knows it.

    ``total`` is what the list counts to (`COUNTED` + 1: more). ``previous`` and ``following``
    are the queries of the pages beside it, "" where there is none.
    """

    tab: str
    query: str
    numbers: tuple[int, ...]
    first: int
    total: int
    previous: str
    following: str

    @classmethod
    def of(cls, tab: str, query: ListQuery, shown: Slice) -> Self:
        """The page that `tasks.listing.pagination` has answered; the first column is the number."""
        return cls(
            tab,
            query.encode(),
            tuple(row[0] for row in shown.rows),
            0 if query.by_cursor else (query.page - 1) * query.size + 1,
            shown.found,
            query.with_(**shown.previous).encode() if shown.previous else "",
            query.with_(**shown.following).encode() if shown.following else "",
        )

    @classmethod
    def kept_in(cls, session: SessionBase) -> Self | None:
        """The page that was drawn last, None when there was none."""
        stored = session.get(IN_SESSION)
        return cls(**{**stored, "numbers": tuple(stored["numbers"])}) if stored else None

    def keep_in(self, session: SessionBase) -> None:
        """Written only when it differs: most looks at a list change nothing."""
        stored = {**asdict(self), "numbers": list(self.numbers)}
        if session.get(IN_SESSION) != stored:
            session[IN_SESSION] = stored

    @property
    def url(self) -> str:
        """The list itself."""
        address = (
            reverse("search:page")
            if self.tab == "search"
            else reverse("tasks:list", args=[self.tab])
        )
        return address + self.query


@dataclass(frozen=True)
class Steps:
    """What the card shows of the walk."""

    place: str
    previous: str
    following: str


def steps_from(walk: Walk, task: SigningTask, user: User) -> Steps:
    """Where ``task`` stands in ``walk``; who may not be seen any more is stepped over."""
    at = walk.numbers.index(task.number)
    seen = set(
        SigningTask.objects.visible_to(user)
        .filter(pk__in=walk.numbers)
        .order_by()
        .values_list("pk", flat=True)
    )
    before = [number for number in walk.numbers[:at] if number in seen]
    after = [number for number in walk.numbers[at + 1 :] if number in seen]
    return Steps(
        place=_place(walk, at),
        previous=_card(before[-1]) if before else _beyond(walk.previous, "previous"),
        following=_card(after[0]) if after else _beyond(walk.following, "following"),
    )


def _place(walk: Walk, at: int) -> str:
    if not walk.first:
        return ""
    if walk.total > COUNTED:
        return f"{walk.first + at}, всего больше {COUNTED}"
    return f"{walk.first + at} из {walk.total}"


def _card(number: int) -> str:
    return reverse("tasks:card", args=[number])


def _beyond(query: str, step: str) -> str:
    return reverse("tasks:step", args=[step]) if query else ""


def turned(walk: Walk, step: str, user: User) -> Walk:
    """The page beside ``walk``, as the list would draw it now."""
    asked = QueryDict(getattr(walk, step).removeprefix("?"))
    query = ListQuery.read(asked)
    found = found_in(user, walk.tab, query)
    return Walk.of(walk.tab, query, slice_of(found, query, ("number",), known=walk.total))


def entered(walk: Walk, step: str) -> str:
    """The card to open first on a page that was turned to; the list when it is empty by now."""
    return _card(walk.numbers[ENDS[step]]) if walk.numbers else walk.url


def walk_with(session: SessionBase, task: SigningTask) -> Walk | None:
    """The page that ``task`` was opened from; None when it is on none."""
    walk = Walk.kept_in(session)
    return walk if walk is not None and task.number in walk.numbers else None
