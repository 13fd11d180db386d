"""The lists: what each of them holds, and for whom it is there."""

from accounts.models import User
from accounts.roles import Permission
from accounts.visibility import sight_of
from tasks.counters import Counters
from tasks.filters import ListQuery
from tasks.models import SigningTask
from tasks.queries import SigningTaskQuerySet
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
    seen = SigningTask.objects.visible_to(user)
    match tab:
        case "my":
            return SigningTask.objects.own_of(user).in_work()
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
