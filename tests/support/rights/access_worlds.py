"""Random users, roles and access groups, and the rules of who sees what in plain Python.

The rules repeat docs/rules.md#visibility and #approval word by word, to be compared with the
product. Users and tasks are known by their index: user number i manages task number i.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Permission
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from accounts.models import AccessGroup, AccessGroupUserObjectPermission, RoleGrant, User
from accounts.roles import Role
from tests.support.factories import AccessGroupFactory, SigningTaskFactory, UserFactory

USERS, GROUPS = 4, 2
ROLE_OF_MEMBERSHIP = {
    AccessGroup.MEMBER_MANAGER: Role.MANAGER,
    AccessGroup.MEMBER_TEAM_LEAD: Role.TEAM_LEAD,
    AccessGroup.MEMBER_HEAD: Role.HEAD,
}
# Not derandomized: a failure prints the world. Worlds are small, and shrinking one takes minutes.
RANDOM = settings(
    max_examples=25,
    phases=[Phase.generate],
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@dataclass(frozen=True)
class Group:
    """``members`` are pairs of a user and a membership."""

    managers_see_each_other: bool
    members: frozenset[tuple[int, str]]

    def has(self, user: int, membership: str) -> bool:
        return (user, membership) in self.members

    def has_member(self, user: int) -> bool:
        return any(member == user for member, _ in self.members)


@dataclass(frozen=True)
class World:
    """Whether each user is active, the roles of each, and the groups."""

    active: tuple[bool, ...]
    roles: tuple[set[Role], ...]
    groups: tuple[Group, ...]

    def visible_to(self, viewer: int) -> set[int]:
        return {manager for manager in range(USERS) if self.sees(viewer, manager)}

    def viewers_of(self, manager: int) -> set[int]:
        return {viewer for viewer in range(USERS) if self.sees(viewer, manager)}

    def sees(self, viewer: int, manager: int) -> bool:
        roles = self.roles[viewer]
        if not self.active[viewer]:
            return False
        if Role.ADMINISTRATOR in roles:
            return True
        if viewer == manager and Role.MANAGER in roles:
            return True
        return any(self._shows(group, viewer) for group in self._groups_of(manager))

    def _shows(self, group: Group, viewer: int) -> bool:
        return any(
            role in self.roles[viewer]
            and group.has(viewer, membership)
            and (membership != AccessGroup.MEMBER_MANAGER or group.managers_see_each_other)
            for membership, role in ROLE_OF_MEMBERSHIP.items()
        )

    def approves(self, viewer: int, manager: int) -> bool:
        is_head = self.active[viewer] and Role.HEAD in self.roles[viewer]
        return (
            is_head
            and viewer != manager
            and any(
                group.has(viewer, AccessGroup.MEMBER_HEAD) for group in self._groups_of(manager)
            )
        )

    def can_receive_tasks(self, user: int) -> bool:
        return self.active[user] and Role.MANAGER in self.roles[user]

    def _groups_of(self, user: int) -> list[Group]:
        return [group for group in self.groups if group.has_member(user)]


def _for_each_user(choices: list[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    """One of ``choices`` for each user; a choice that is listed twice is twice as likely."""
    return st.tuples(*[st.sampled_from(choices)] * USERS)


MANAGER, TEAM_LEAD, HEAD, ADMINISTRATOR = (
    Role.MANAGER,
    Role.TEAM_LEAD,
    Role.HEAD,
    Role.ADMINISTRATOR,
)
# Most users are managers in a group: in other worlds hardly anybody sees anything.
ROLES: list[set[Role]] = [
    *[{MANAGER}] * 4,
    *[{TEAM_LEAD}, {HEAD}, {MANAGER, TEAM_LEAD}, {MANAGER, HEAD}] * 2,
    *[set(), {ADMINISTRATOR}, {ADMINISTRATOR, HEAD}],
]
AS_MANAGER, AS_TEAM_LEAD, AS_HEAD = ROLE_OF_MEMBERSHIP
MEMBERSHIPS: list[set[str]] = [
    *[{AS_MANAGER}] * 4,
    *[{AS_TEAM_LEAD}, {AS_HEAD}, set()] * 2,
    {AS_MANAGER, AS_TEAM_LEAD, AS_HEAD},
]
groups = st.builds(
    lambda switch, memberships: Group(
        switch,
        frozenset((user, each) for user, own in enumerate(memberships) for each in own),
    ),
    switch=st.booleans(),
    memberships=_for_each_user(MEMBERSHIPS),
)
worlds = st.builds(
    World,
    active=_for_each_user([True, True, True, False]),
    roles=_for_each_user(ROLES),
    groups=st.tuples(*[groups] * GROUPS),
)


def create_users_and_tasks() -> list[int]:
    """The ids of the users, each with a task of their own, and empty groups.

    The tasks have the same client, so that one search finds all of them.
    """
    users = [UserFactory() for _ in range(USERS)]
    first = SigningTaskFactory(manager=users[0])
    for user in users[1:]:
        shared = ("client", "contact_version", "region", "box", "signatory", "document_version")
        SigningTaskFactory(manager=user, **{name: getattr(first, name) for name in shared})
    for _ in range(GROUPS):
        AccessGroupFactory()
    return [user.pk for user in users]


def apply_world(world: World, user_ids: list[int]) -> list[User]:
    """Makes the database like ``world``; returns the users without anything cached on them."""
    RoleGrant.objects.all().delete()
    AccessGroupUserObjectPermission.objects.all().delete()
    for pk, active in zip(user_ids, world.active, strict=True):
        User.objects.filter(pk=pk).update(is_active=active)
    RoleGrant.objects.bulk_create(
        RoleGrant(user_id=pk, role=role)
        for pk, roles in zip(user_ids, world.roles, strict=True)
        for role in roles
    )
    permissions = {
        permission.codename: permission
        for permission in Permission.objects.filter(codename__in=ROLE_OF_MEMBERSHIP)
    }
    for group, expected in zip(AccessGroup.objects.order_by("pk"), world.groups, strict=True):
        group.managers_see_each_other = expected.managers_see_each_other
        group.save()
        AccessGroupUserObjectPermission.objects.bulk_create(
            AccessGroupUserObjectPermission(
                content_object=group, user_id=user_ids[user], permission=permissions[membership]
            )
            for user, membership in expected.members
        )
    users = User.objects.in_bulk(user_ids)
    return [users[pk] for pk in user_ids]
