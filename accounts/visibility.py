"""Whose tasks a person sees: the one rule behind list, card, search, counters and downloads.

Manual, section 6, and the group switch «Менеджеры видят задания друг друга». A task is reached
through its current manager, so the answer is a set of managers and never a row per task.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import NamedTuple

from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models import QuerySet

from accounts.models import AccessGroup, AccessGroupUserObjectPermission, User
from accounts.roles import Role
from econtract.platform.common.id_lists import ids_condition

# From the row of one member to the capacity of another in the same group (`memberships`).
MINE = "content_object__members__permission_id"
# In which role a member of a group looks at its managers' tasks.
ROLE_OF_MEMBERSHIP = {
    AccessGroup.MEMBER_TEAM_LEAD: Role.TEAM_LEAD,
    AccessGroup.MEMBER_HEAD: Role.HEAD,
    AccessGroup.MEMBER_MANAGER: Role.MANAGER,
}


@cache
def memberships() -> dict[int, str]:
    """The three capacities by key. A migration makes them; until the next one they stay."""
    found = Permission.objects.filter(
        content_type__app_label=AccessGroup._meta.app_label, codename__in=ROLE_OF_MEMBERSHIP
    )
    return dict(found.values_list("pk", "codename"))


def key_of(membership: str) -> int:
    """Raises KeyError where no migration has been run."""
    return {codename: key for key, codename in memberships().items()}[membership]


# Managers of the groups in which a person is a member, and in what capacity he is. It lets see by
# itself, but a manager's does only where the group's switch is on.
WAYS = f"""
    SELECT seen.user_id, mine.permission_id, seen.content_object_id
    FROM {AccessGroupUserObjectPermission._meta.db_table} mine
    JOIN {AccessGroup._meta.db_table} access_group ON access_group.id = mine.content_object_id
    JOIN {AccessGroupUserObjectPermission._meta.db_table} seen
        ON seen.content_object_id = mine.content_object_id
    WHERE mine.user_id = %s AND seen.permission_id = %s
        AND (mine.permission_id <> %s OR access_group.managers_see_each_other)
"""  # noqa: S608 - our names


class Rule(Enum):
    """By what a person sees a manager's tasks."""

    EVERYTHING = "Администратор видит все задания."
    OWN = "Это его собственное задание."
    TEAM_LEAD = "Тимлидер группы"
    HEAD = "Руководитель группы"
    SWITCH = "Менеджер группы, где менеджеры видят задания друг друга"


RULE_OF_MEMBERSHIP = {
    AccessGroup.MEMBER_TEAM_LEAD: Rule.TEAM_LEAD,
    AccessGroup.MEMBER_HEAD: Rule.HEAD,
    AccessGroup.MEMBER_MANAGER: Rule.SWITCH,
}


class Way(NamedTuple):
    """One way in which a person reaches the tasks of one manager; a group's has its key."""

    manager_id: int
    rule: Rule
    group_id: int | None = None


@dataclass(frozen=True)
class Sight:
    """What a person sees: every manager's tasks, or those of ``manager_ids``."""

    everything: bool
    ways: tuple[Way, ...] = ()
    manager_ids: frozenset[int] = frozenset()

    def covers(self, manager_id: int) -> bool:
        return self.everything or manager_id in self.manager_ids

    def ways_to(self, manager_id: int) -> list[Way]:
        """Everything that lets the person see the tasks of ``manager_id``; empty: nothing does."""
        if self.everything:
            return [Way(manager_id, Rule.EVERYTHING)]
        return [way for way in self.ways if way.manager_id == manager_id]


NOTHING = Sight(everything=False)
EVERYTHING = Sight(everything=True)


def sight_of(user: User) -> Sight:
    """The managers whose tasks ``user`` sees; at most two queries (roles, groups).

    As of the first question in this request, as his roles are: kept with the user's object.
    """
    sight: Sight | None = user.__dict__.get("_sight")
    if sight is None:
        sight = user.__dict__["_sight"] = _look(user)
    return sight


def _look(user: User) -> Sight:
    if not user.is_active:
        return NOTHING
    roles = user.role_codes
    if Role.ADMINISTRATOR in roles:
        return EVERYTHING
    own = [Way(user.pk, Rule.OWN)] if Role.MANAGER in roles else []
    ways = (*own, *_ways_through_groups(user, roles))
    return Sight(False, ways, frozenset(way.manager_id for way in ways))


def headed_by(user: User) -> frozenset[int]:
    """Managers in the groups where ``user`` is head: whose tasks he may approve.

    As of the first question in this request, like `sight_of`.
    """
    if not user.is_active or Role.HEAD not in user.role_codes:
        return frozenset()
    headed: frozenset[int] | None = user.__dict__.get("_headed")
    if headed is None:
        sight = sight_of(user)
        # An administrator sees without groups, and may be head of some all the same.
        ways = _ways_through_groups(user, {Role.HEAD}) if sight.everything else sight.ways
        headed = frozenset(way.manager_id for way in ways if way.rule is Rule.HEAD)
        user.__dict__["_headed"] = headed
    return headed


def _ways_through_groups(user: User, roles: Iterable[Role]) -> list[Way]:
    """The managers of the groups where ``user`` is a member in one of ``roles``; one query.

    Every page asks this, so it is written as SQL: Django would build it for longer than the
    database answers.
    """
    counting = [key_of(each) for each, role in ROLE_OF_MEMBERSHIP.items() if role in roles]
    if not counting:
        return []
    in_capacity, capacities = ids_condition("mine.permission_id", counting)
    manager = key_of(AccessGroup.MEMBER_MANAGER)
    with connection.cursor() as cursor:
        cursor.execute(f"{WAYS} AND {in_capacity}", [user.pk, manager, manager, *capacities])
        found = cursor.fetchall()
    return [
        Way(seen, RULE_OF_MEMBERSHIP[memberships()[mine]], group) for seen, mine, group in found
    ]


def _managers_beside(user: User) -> QuerySet[AccessGroupUserObjectPermission]:
    """Managers of the groups where ``user`` is a member; `MINE` is in what capacity he is."""
    return AccessGroupUserObjectPermission.objects.filter(
        permission_id=key_of(AccessGroup.MEMBER_MANAGER),
        content_object__members__user_id=user.pk,
    )


def colleagues_of(user: User) -> frozenset[int]:
    """Managers to whom ``user`` may hand a task: those of his groups, and those he sees.

    To know a colleague is not to see his tasks: the group's switch does not matter here.
    """
    beside = _managers_beside(user).values_list("user_id", flat=True)
    return frozenset(beside) | sight_of(user).manager_ids


class Near(NamedTuple):
    """A group that user and manager share without it letting the one see the other's tasks."""

    group: str
    reason: str


def near_misses(user: User, manager: User) -> list[Near]:
    """The groups that would let ``user`` see the tasks of ``manager``, and what each lacks.

    Only worth asking when `sight_of` does not cover the manager.
    """
    shared = _managers_beside(user).filter(user=manager)
    return [
        Near(group, _what_lacks(memberships()[mine], user.role_codes))
        for group, mine in shared.values_list("content_object__name", MINE)
    ]


def _what_lacks(membership: str, roles: frozenset[Role]) -> str:
    role = ROLE_OF_MEMBERSHIP[membership]
    if role not in roles:
        return f"участвует как «{role.label}», но роли «{role.label}» у него нет"
    return "менеджеры этой группы не видят задания друг друга"
