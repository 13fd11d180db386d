"""Where a card stands in the list that it was opened from: the tasks before and after it.

The session stores the page of the list as it was shown. A task that the user has worked on stays
at its position, and the next task costs the same whatever the length of the list.
"""

from dataclasses import asdict, dataclass
from typing import Literal, Self

from django.contrib.sessions.backends.base import SessionBase
from django.http import QueryDict
from django.urls import reverse

from accounts.models import User
from econtract.platform.listing.counters import COUNT_LIMIT
from econtract.platform.listing.pagination import ListPage
from tasks.listing.pages import fetch_page
from tasks.listing.query import TaskListQuery
from tasks.listing.tabs import SEARCH, find_tasks
from tasks.models import SigningTask

SESSION_KEY = "list_position"
Direction = Literal["previous", "next"]


@dataclass(frozen=True)
class ListPosition:
    """One page of a list as it was shown.

    ``numbers`` are its tasks. ``first`` is the position of the first one in the whole list, 0 where
    it is unknown. ``total`` is a capped count. ``previous`` and ``next`` are the query strings of
    the neighbouring pages, "" where there is none.
    """

    tab: str
    query: str
    numbers: tuple[int, ...]
    first: int
    total: int
    previous: str
    next: str

    @classmethod
    def from_page(cls, tab: str, query: TaskListQuery, page: ListPage) -> Self:
        """The first field of the page's rows must be the task number."""
        return cls(
            tab=tab,
            query=query.encode(),
            numbers=tuple(row[0] for row in page.rows),
            first=0 if query.has_cursor else (query.page - 1) * query.size + 1,
            total=page.total,
            previous=query.with_changes(**page.previous).encode() if page.previous else "",
            next=query.with_changes(**page.next).encode() if page.next else "",
        )

    @classmethod
    def load(cls, session: SessionBase) -> Self | None:
        """The page that was shown last; None when there was none."""
        stored = session.get(SESSION_KEY)
        return cls(**{**stored, "numbers": tuple(stored["numbers"])}) if stored else None

    def save(self, session: SessionBase) -> None:
        """Writes the session only if the page has changed: usually it has not."""
        stored = {**asdict(self), "numbers": list(self.numbers)}
        if session.get(SESSION_KEY) != stored:
            session[SESSION_KEY] = stored

    @property
    def list_url(self) -> str:
        is_search = self.tab == SEARCH
        path = reverse("search:page") if is_search else reverse("tasks:list", args=[self.tab])
        return path + self.query


@dataclass(frozen=True)
class Neighbours:
    """The links to the tasks beside a card ("" for none), and its position: «3 из 87»."""

    position: str
    previous_url: str
    next_url: str


def position_of(session: SessionBase, task: SigningTask) -> ListPosition | None:
    """The page that ``task`` was opened from; None when it is not on the last one shown."""
    position = ListPosition.load(session)
    return position if position is not None and task.number in position.numbers else None


def neighbours(position: ListPosition, task: SigningTask, user: User) -> Neighbours:
    """The neighbours of ``task``, which is on the page; tasks no longer visible are skipped."""
    at = position.numbers.index(task.number)
    visible = set(
        SigningTask.objects.visible_to(user)
        .filter(pk__in=position.numbers)
        .order_by()
        .values_list("pk", flat=True)
    )
    before = [number for number in position.numbers[:at] if number in visible]
    after = [number for number in position.numbers[at + 1 :] if number in visible]
    return Neighbours(
        position=_position_text(position, at),
        previous_url=_card_url(before[-1]) if before else _turn_url(position, "previous"),
        next_url=_card_url(after[0]) if after else _turn_url(position, "next"),
    )


def turn_page(position: ListPosition, direction: Direction, user: User) -> ListPosition:
    """The neighbouring page, as the list would show it now."""
    encoded = position.previous if direction == "previous" else position.next
    query = TaskListQuery.parse(QueryDict(encoded.removeprefix("?")))
    tasks = find_tasks(user, position.tab, query)
    page = fetch_page(tasks, query, ("number",), total=position.total)
    return ListPosition.from_page(position.tab, query, page)


def entry_url(position: ListPosition, direction: Direction) -> str:
    """The card to open after `turn_page`; the list if the page is empty by now."""
    if not position.numbers:
        return position.list_url
    return _card_url(position.numbers[-1 if direction == "previous" else 0])


def _position_text(position: ListPosition, at: int) -> str:
    if not position.first:
        return ""
    if position.total > COUNT_LIMIT:
        return f"{position.first + at}, всего больше {COUNT_LIMIT}"
    return f"{position.first + at} из {position.total}"


def _card_url(number: int) -> str:
    return reverse("tasks:card", args=[number])


def _turn_url(position: ListPosition, direction: Direction) -> str:
    has_page = position.previous if direction == "previous" else position.next
    return reverse("tasks:step", args=[direction]) if has_page else ""
