"""Visibility: everything that shows tasks agrees with docs/rules.md#visibility.

The users, roles and groups are random.
"""

from collections.abc import Callable
from contextlib import suppress

import pytest
from django.http import Http404, HttpRequest
from django.test import RequestFactory
from hypothesis import given
from openpyxl import load_workbook

from accounts.models import User
from accounts.roles import Role
from accounts.visibility import approvers_of, managers_headed_by, viewers_of, visibility_of
from econtract.platform.listing.exports import make_workbook
from econtract.platform.notifications import inbox
from econtract.platform.notifications.models import Notification
from tasks.actions import bulk, handover
from tasks.listing.counters import count_tasks
from tasks.listing.definition import TASK_LIST
from tasks.listing.pages import fetch_tab_page
from tasks.listing.query import TaskListQuery
from tasks.listing.tabs import SEARCH, find_tasks
from tasks.models import SigningTask
from tasks.notifications.subject import TASK, TaskSubject
from tasks.reports.figures import compute_figures
from tasks.screens.card.loading import load_card_task
from tasks.screens.common.managers import manager_options
from tasks.screens.common.requests import get_visible_task
from tasks.screens.search.palette import find_task_hits
from tests.support.rights.access_worlds import (
    RANDOM,
    USERS,
    World,
    apply_world,
    create_users_and_tasks,
    worlds,
)

ALL_ROWS = TaskListQuery()


@pytest.fixture
def user_ids(db: None) -> list[int]:
    return create_users_and_tasks()


@RANDOM
@given(world=worlds)
def test_visibility_agrees_with_the_rule(user_ids: list[int], world: World) -> None:
    for index, user in enumerate(apply_world(world, user_ids)):
        visibility, visible = visibility_of(user), world.visible_to(index)
        assert {i for i, pk in enumerate(user_ids) if visibility.includes(pk)} == visible
        assert {i for i, pk in enumerate(user_ids) if visibility.grants_for(pk)} == visible
        own = visibility.restrict_to(user.pk)
        assert {i for i, pk in enumerate(user_ids) if own.includes(pk)} == visible & {index}
        assert visibility.includes_others_than(user.pk) == bool(visible - {index})
        # The same rule in the other direction.
        viewers = {user_ids.index(viewer.pk) for viewer in viewers_of(user.pk)}
        assert viewers == world.viewers_of(index)


@RANDOM
@given(world=worlds)
def test_approvers_and_receivers_agree_with_the_rules(user_ids: list[int], world: World) -> None:
    able = {user for user in range(USERS) if world.can_receive_tasks(user)}
    for index, user in enumerate(apply_world(world, user_ids)):
        others = managers_headed_by(user) - {user.pk}
        managers = {manager for manager in range(USERS) if world.approves(index, manager)}
        assert {user_ids.index(pk) for pk in others} == managers
        approvers = {viewer for viewer in range(USERS) if world.approves(viewer, index)}
        assert {user_ids.index(head.pk) for head in approvers_of(user.pk)} == approvers
        receivers = {user_ids.index(receiver.pk) for receiver in handover.find_receivers(user)}
        assert receivers <= able - {index}


# --- The numbers of the tasks that ``user`` can see, by page ------------------------------------


def by_queryset(user: User, numbers: list[int]) -> set[int]:
    return set(SigningTask.objects.visible_to(user).values_list("pk", flat=True))


def in_list(user: User, numbers: list[int], *, tab: str = "all") -> set[int]:
    return _numbers_on_page(user, tab, ALL_ROWS)


def in_filtered_list(user: User, numbers: list[int]) -> set[int]:
    by_region = ALL_ROWS.with_changes(region=SigningTask.objects.latest("pk").region_id)
    return _numbers_on_page(user, "all", by_region)


def by_search(user: User, numbers: list[int]) -> set[int]:
    by_inn = ALL_ROWS.with_changes(q=SigningTask.objects.latest("pk").client.inn)
    return _numbers_on_page(user, SEARCH, by_inn)


def _numbers_on_page(user: User, tab: str, query: TaskListQuery) -> set[int]:
    page = fetch_tab_page(user, tab, query, ("number",), total=None)
    return {row[0] for row in page.rows}


def in_xlsx(user: User, numbers: list[int]) -> set[int]:
    with make_workbook(TASK_LIST, user, "all", ALL_ROWS, max_rows=100) as file:
        rows = load_workbook(file, read_only=True).worksheets[0].iter_rows(values_only=True)
        return {int(row[0]) for row in rows if str(row[0]).isdigit()}


def on_card(user: User, numbers: list[int]) -> set[int]:
    return _load_with(load_card_task, user, numbers)


def by_action_of_card(user: User, numbers: list[int]) -> set[int]:
    """Actions, dialogs and downloads."""
    return _load_with(get_visible_task, user, numbers)


def _load_with(
    load: Callable[[HttpRequest, int], object], user: User, numbers: list[int]
) -> set[int]:
    request = RequestFactory().get("/")
    request.user = user
    indexes = set()
    for number in numbers:
        with suppress(Http404):
            load(request, number)
            indexes.add(number)
    return indexes


def in_bulk_action(user: User, numbers: list[int]) -> set[int]:
    return {task.pk for task in bulk.select_tasks(user, numbers).tasks}


def in_palette(user: User, numbers: list[int]) -> set[int]:
    hits = find_task_hits(user, SigningTask.objects.latest("pk").client.inn)
    return {int(hit.url.strip("/").rpartition("/")[2]) for hit in hits}


def in_bell(user: User, numbers: list[int]) -> set[int]:
    Notification.objects.all().delete()
    Notification.objects.bulk_create(
        Notification(
            recipient=user,
            kind="comment",
            subject_type=TASK,
            subject_id=number,
            text="Текст",
            source=f"test:{number}",
        )
        for number in numbers
    )
    return set(inbox.notifications_for(user).values_list("subject_id", flat=True))


def in_titles_of_notifications(user: User, numbers: list[int]) -> set[int]:
    return set(TaskSubject().titles(numbers, user))


def as_viewer_to_notify(user: User, numbers: list[int]) -> set[int]:
    """The tasks that ``user`` can be notified of."""
    tasks = SigningTask.objects.all()
    return {task.pk for task in tasks if viewers_of(task.manager_id).filter(pk=user.pk).exists()}


SURFACES = (
    by_queryset,
    in_list,
    in_filtered_list,
    in_xlsx,
    on_card,
    by_action_of_card,
    in_bulk_action,
    by_search,
    in_palette,
    in_bell,
    in_titles_of_notifications,
    as_viewer_to_notify,
)


@RANDOM
@given(world=worlds)
def test_all_pages_and_counts_show_the_same_tasks(user_ids: list[int], world: World) -> None:
    number_of = dict(SigningTask.objects.values_list("manager_id", "pk"))
    numbers = [number_of[pk] for pk in user_ids]
    for index, user in enumerate(apply_world(world, user_ids)):
        visible = {numbers[manager] for manager in world.visible_to(index)}
        own = visible & {numbers[index]}
        results = {surface.__name__: surface(user, numbers) for surface in SURFACES}
        assert results == dict.fromkeys(results, visible)
        assert in_list(user, numbers, tab="my") == own
        assert count_visible(user) == {
            "own": len(own),
            "visible": len(visible),
            "report": len(visible),
        }
        assert filter_managers(user, user_ids) == {
            manager for manager in world.visible_to(index) if Role.MANAGER in world.roles[manager]
        }


def count_visible(user: User) -> dict[str, int]:
    counters = count_tasks(user)
    report = compute_figures(find_tasks(user, SEARCH, ALL_ROWS))
    return {"own": counters.own, "visible": counters.visible, "report": report.created_count}


def filter_managers(user: User, user_ids: list[int]) -> set[int]:
    """The indexes of the managers that the lists offer to filter by."""
    return {user_ids.index(int(option["value"])) for option in manager_options(user, "")}
