"""The position of a card in the list that it was opened from, and the tasks before and after it.

The session stores the page of the list as it was shown. So a task keeps its position after the
user has worked on it, and finding the next one takes as long in a long list as in a short one.
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

    ``numbers`` are its tasks. ``first`` is the position of the first one in the whole list, 0 if
    it is unknown. ``total`` is a capped count. ``previous`` and ``next`` are the query strings of
    the neighbouring pages, "" if there is none.
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
        """Builds the position; the first field of the page's rows must be the task number."""
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
        data = session.get(SESSION_KEY)
        return cls(**{**data, "numbers": tuple(data["numbers"])}) if data else None

    def save(self, session: SessionBase) -> None:
        """Writes the session only if the page has changed: usually it has not."""
        data = {**asdict(self), "numbers": list(self.numbers)}
        if session.get(SESSION_KEY) != data:
            session[SESSION_KEY] = data

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


def find_position(session: SessionBase, task: SigningTask) -> ListPosition | None:
    """The page that was shown last, if ``task`` is on it; else None."""
    position = ListPosition.load(session)
    return position if position is not None and task.number in position.numbers else None


def find_neighbours(position: ListPosition, task: SigningTask, user: User) -> Neighbours:
    """The neighbours of ``task``, which is on the page; tasks no longer visible are skipped."""
    index = position.numbers.index(task.number)
    visible = set(
        SigningTask.objects.visible_to(user)
        .filter(pk__in=position.numbers)
        .order_by()
        .values_list("pk", flat=True)
    )
    before = [number for number in position.numbers[:index] if number in visible]
    after = [number for number in position.numbers[index + 1 :] if number in visible]
    return Neighbours(
        position=_format_position(position, index),
        previous_url=_get_card_url(before[-1]) if before else _get_step_url(position, "previous"),
        next_url=_get_card_url(after[0]) if after else _get_step_url(position, "next"),
    )


def turn_page(position: ListPosition, direction: Direction, user: User) -> ListPosition:
    """The neighbouring page, as the list would show it now."""
    query_string = position.previous if direction == "previous" else position.next
    query = TaskListQuery.parse(QueryDict(query_string.removeprefix("?")))
    tasks = find_tasks(user, position.tab, query)
    page = fetch_page(tasks, query, ("number",), total=position.total)
    return ListPosition.from_page(position.tab, query, page)


def get_entry_url(position: ListPosition, direction: Direction) -> str:
    """The URL to open after `turn_page`: a card, or the list if the page is empty by now."""
    if not position.numbers:
        return position.list_url
    return _get_card_url(position.numbers[-1 if direction == "previous" else 0])


def _format_position(position: ListPosition, index: int) -> str:
    if not position.first:
        return ""
    if position.total > COUNT_LIMIT:
        return f"{position.first + index}, всего больше {COUNT_LIMIT}"
    return f"{position.first + index} из {position.total}"


def _get_card_url(number: int) -> str:
    return reverse("tasks:card", args=[number])


def _get_step_url(position: ListPosition, direction: Direction) -> str:
    query_string = position.previous if direction == "previous" else position.next
    return reverse("tasks:step", args=[direction]) if query_string else ""
