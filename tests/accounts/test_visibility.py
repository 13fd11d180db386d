"""Visibility: every page, figure and file against the rule of docs/rules.md#visibility.

The worlds of users, roles and groups are random.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.http import Http404
from django.test import RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AccessGroup, AccessGroupUserObjectPermission, RoleGrant, User
from accounts.roles import Role
from accounts.visibility import approvers_of, managers_headed_by, viewers_of, visibility_of
from econtract.platform.notifications import inbox
from econtract.platform.notifications.models import Notification
from tasks.actions import bulk, handover
from tasks.listing.counters import count_tasks
from tasks.listing.pages import fetch_tab_page
from tasks.listing.query import TaskListQuery
from tasks.listing.tabs import find_tasks
from tasks.models import SigningTask
from tasks.notifications.subject import TASK, TaskSubject
from tasks.reports.figures import compute_figures
from tasks.screens.card.loading import task_of_card
from tasks.screens.common.requests import visible_task
from tests.support.factories import AccessGroupFactory, SigningTaskFactory, UserFactory

PEOPLE, GROUPS = 4, 2
CAPACITIES = {
    AccessGroup.MEMBER_MANAGER: Role.MANAGER,
    AccessGroup.MEMBER_TEAM_LEAD: Role.TEAM_LEAD,
    AccessGroup.MEMBER_HEAD: Role.HEAD,
}
# Random on purpose: a failure prints the example and the seed that makes it again.
RANDOMLY = settings(
    max_examples=25,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@dataclass(frozen=True)
class Group:
    """``members``: who is in it in which capacity."""

    switch: bool
    members: frozenset[tuple[int, str]]

    def has(self, person: int, capacity: str) -> bool:
        return (person, capacity) in self.members


@dataclass(frozen=True)
class World:
    """People by their place: whether they may log in, their roles, and the groups."""

    active: tuple[bool, ...]
    roles: tuple[set[Role], ...]
    groups: tuple[Group, ...]

    def sees(self, viewer: int, manager: int) -> bool:
        """The rule, word by word."""
        roles = self.roles[viewer]
        if not self.active[viewer]:
            return False
        if Role.ADMINISTRATOR in roles:
            return True
        if viewer == manager and Role.MANAGER in roles:
            return True
        return any(self._shows(group, viewer) for group in self._groups_of(manager))

    def approves(self, viewer: int, manager: int) -> bool:
        """A head, the tasks of his groups, and not his own."""
        head = self.active[viewer] and Role.HEAD in self.roles[viewer] and viewer != manager
        groups = self._groups_of(manager)
        return head and any(group.has(viewer, AccessGroup.MEMBER_HEAD) for group in groups)

    def may_receive(self, person: int) -> bool:
        """To whom a task can be handed at all."""
        return self.active[person] and Role.MANAGER in self.roles[person]

    def _groups_of(self, manager: int) -> list[Group]:
        return [one for one in self.groups if one.has(manager, AccessGroup.MEMBER_MANAGER)]

    def _shows(self, group: Group, viewer: int) -> bool:
        return any(
            role in self.roles[viewer]
            and group.has(viewer, capacity)
            and (capacity != AccessGroup.MEMBER_MANAGER or group.switch)
            for capacity, role in CAPACITIES.items()
        )


def of_everybody(choices: list[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    """One of ``choices`` for each person; what stands twice is twice as usual."""
    return st.tuples(*[st.sampled_from(choices)] * PEOPLE)


MANAGER, TEAM_LEAD, HEAD, ADMINISTRATOR = (
    Role.MANAGER,
    Role.TEAM_LEAD,
    Role.HEAD,
    Role.ADMINISTRATOR,
)
# Most people are managers, and most managers are in a group: other worlds are dull.
ROLES: list[set[Role]] = [
    *[{MANAGER}] * 4,
    *[{TEAM_LEAD}, {HEAD}, {MANAGER, TEAM_LEAD}, {MANAGER, HEAD}] * 2,
    *[set(), {ADMINISTRATOR}, {ADMINISTRATOR, HEAD}],
]
AS_MANAGER, AS_TEAM_LEAD, AS_HEAD = CAPACITIES
MEMBERSHIPS: list[set[str]] = [
    *[{AS_MANAGER}] * 4,
    *[{AS_TEAM_LEAD}, {AS_HEAD}, set()] * 2,
    {AS_MANAGER, AS_TEAM_LEAD, AS_HEAD},
]
groups = st.builds(
    lambda switch, kinds: Group(
        switch, frozenset((at, kind) for at, held in enumerate(kinds) for kind in held)
    ),
    switch=st.booleans(),
    kinds=of_everybody(MEMBERSHIPS),
)
worlds = st.builds(
    World,
    active=of_everybody([True, True, True, False]),
    roles=of_everybody(ROLES),
    groups=st.tuples(*[groups] * GROUPS),
)


@pytest.fixture
def people(db: None) -> list[int]:
    """The keys of the people; each has one task."""
    made = [UserFactory() for _ in range(PEOPLE)]
    first = SigningTaskFactory(manager=made[0])
    for user in made[1:]:
        shared = ("client", "contact_version", "region", "box", "signatory", "document_version")
        SigningTaskFactory(manager=user, **{name: getattr(first, name) for name in shared})
    for _ in range(GROUPS):
        AccessGroupFactory()
    return [user.pk for user in made]


def build(world: World, people: list[int]) -> list[User]:
    """Makes the database such as ``world``; answers the people afresh, nothing remembered."""
    RoleGrant.objects.all().delete()
    AccessGroupUserObjectPermission.objects.all().delete()
    for pk, active in zip(people, world.active, strict=True):
        User.objects.filter(pk=pk).update(is_active=active)
    RoleGrant.objects.bulk_create(
        RoleGrant(user_id=pk, role=role)
        for pk, roles in zip(people, world.roles, strict=True)
        for role in roles
    )
    capacities = {one.codename: one for one in Permission.objects.filter(codename__in=CAPACITIES)}
    for group, wanted in zip(AccessGroup.objects.order_by("pk"), world.groups, strict=True):
        group.managers_see_each_other = wanted.switch
        group.save()
        AccessGroupUserObjectPermission.objects.bulk_create(
            AccessGroupUserObjectPermission(
                content_object=group, user_id=people[person], permission=capacities[capacity]
            )
            for person, capacity in wanted.members
        )
    found = User.objects.in_bulk(people)
    return [found[pk] for pk in people]


@RANDOMLY
@given(world=worlds)
def test_the_queries_see_what_the_rule_sees(people: list[int], world: World) -> None:
    users = build(world, people)
    for place, user in enumerate(users):
        seen = {at for at in range(PEOPLE) if world.sees(place, at)}
        tasks = SigningTask.objects.visible_to(user)
        assert {people.index(task.manager_id) for task in tasks} == seen
        assert {at for at in range(PEOPLE) if visibility_of(user).grants_for(people[at])} == seen
        approved = {at for at in range(PEOPLE) if world.approves(place, at)}
        assert {people.index(pk) for pk in managers_headed_by(user) - {user.pk}} == approved
        # Asked the other way round: who is to be told of this person's tasks.
        audience = {at for at in range(PEOPLE) if world.sees(at, place)}
        assert {people.index(one.pk) for one in viewers_of(user.pk)} == audience
        heads = {at for at in range(PEOPLE) if world.approves(at, place)}
        assert {people.index(one.pk) for one in approvers_of(user.pk)} == heads
        receivers = {people.index(one.pk) for one in handover.receivers(user)}
        assert receivers <= {at for at in range(PEOPLE) if world.may_receive(at)} - {place}


def on_list(user: User, tab: str) -> set[int]:
    page = fetch_tab_page(user, tab, TaskListQuery(), ("number",), total=None)
    return {row[0] for row in page.rows}


def exported(user: User, tab: str) -> set[int]:
    return set(find_tasks(user, tab, TaskListQuery()).values_list("pk", flat=True))


def opened_cards(user: User, numbers: list[int]) -> set[int]:
    request = RequestFactory().get("/")
    request.user = user
    opened = set()
    for number in numbers:
        for load in (task_of_card, visible_task):
            with suppress(Http404):
                load(request, number)
                opened.add((number, load))
    by_card = {number for number, load in opened if load is task_of_card}
    assert by_card == {number for number, load in opened if load is visible_task}
    return by_card


def in_notifications(user: User, numbers: list[int]) -> set[int]:
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
    titled = TaskSubject().titles(numbers, user)
    shown = set(inbox.notifications_for(user).values_list("subject_id", flat=True))
    assert set(titled) == shown
    return shown


@RANDOMLY
@given(world=worlds)
def test_every_user_of_visibility_agrees_with_the_rule(people: list[int], world: World) -> None:
    users = build(world, people)
    tasks = {task.manager_id: task for task in SigningTask.objects.all()}
    numbers = [tasks[pk].pk for pk in people]
    for place, user in enumerate(users):
        visible = {tasks[people[at]].pk for at in range(PEOPLE) if world.sees(place, at)}
        own = {tasks[user.pk].pk} & visible
        figures = count_tasks(user)
        assert (figures.own, figures.visible) == (len(own), len(visible))
        assert on_list(user, "my") == exported(user, "my") == own
        assert on_list(user, "all") == exported(user, "all") == visible
        assert opened_cards(user, numbers) == visible
        assert {task.pk for task in bulk.choose(user, numbers).tasks} == visible
        assert in_notifications(user, numbers) == visible
        client = tasks[user.pk].client
        searched = SigningTask.objects.visible_to(user).search(client.inn)
        assert {task.pk for task in searched} == visible
        assert compute_figures(find_tasks(user, "search", TaskListQuery())).created == len(visible)
