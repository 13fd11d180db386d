"""The tabs of the lists of tasks: which tasks each contains, and which users have it."""

from dataclasses import dataclass

from accounts.models import User
from accounts.roles import Permission
from accounts.visibility import visibility_of
from tasks.listing.counters import TaskCounters
from tasks.listing.query import TaskListQuery
from tasks.models import SigningTask
from tasks.models.queries import SigningTaskQuerySet
from tasks.statuses import FINISHED, IN_WORK, Status

# All tasks that a user sees, in work and finished. It is not in the menu.
SEARCH = "search"


@dataclass(frozen=True)
class Tab:
    """One list of tasks. ``statuses`` are those that its tasks can have."""

    title: str
    empty_title: str
    statuses: tuple[Status, ...] = tuple(Status)
    has_quick_filters: bool = False
    shows_owner: bool = True


TABS = {
    "my": Tab(
        "Мои задания",
        "Заданий пока нет",
        tuple(IN_WORK),
        has_quick_filters=True,
        shows_owner=False,
    ),
    "all": Tab("Все задания", "Заданий в работе пока нет", tuple(IN_WORK), has_quick_filters=True),
    "archive": Tab("Архив", "Завершенных заданий пока нет", tuple(FINISHED)),
    SEARCH: Tab(
        "Поиск", "Введите номер, название, ИНН, лицевой счет, имя, телефон или почту контакта"
    ),
}


def get_tabs(user: User) -> list[str]:
    """The tabs of ``user``: «Мои» if they work on tasks, «Все» if it can contain others' tasks."""
    works_on_tasks = user.has_permission(Permission.WORK_TASKS)
    sees_others = visibility_of(user).includes_others_than(user.pk)
    is_shown = {"my": works_on_tasks, "all": sees_others or not works_on_tasks, "archive": True}
    return [tab for tab, shown in is_shown.items() if shown]


def find_tasks(user: User, tab: str, query: TaskListQuery) -> SigningTaskQuerySet:
    """The tasks of the tab that ``user`` sees and ``query`` matches, in no particular order.

    The list, its export and its updates all use this function.
    """
    tasks = SigningTask.objects.all()
    tab_tasks = select_tab_tasks(tab, own=tasks.own_of(user), visible=tasks.visible_to(user))
    return query.filter_tasks(tab_tasks, TABS[tab].statuses)


def select_tab_tasks(
    tab: str, *, own: SigningTaskQuerySet, visible: SigningTaskQuerySet
) -> SigningTaskQuerySet:
    """The tasks of the tab before any filter."""
    match tab:
        case "my":
            return own.in_work()
        case "all":
            return visible.in_work()
        case "archive":
            return visible.finished()
        case _:
            return visible


def get_known_total(counters: TaskCounters, tab: str, query: TaskListQuery) -> int | None:
    """The number of tasks that ``query`` matches, if a counter has it already; else None."""
    if tab not in {"my", "all"} or not query.has_only_quick_filter:
        return None
    if query.quick_filter:
        return counters.by_quick_filter[query.quick_filter]
    return counters.own if tab == "my" else counters.visible
