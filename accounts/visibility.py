"""Whose tasks a user sees: the one rule behind list, card, search, counters and downloads.

docs/rules.md#visibility. A task is reached through its current manager, so the answer is a set of
managers and never a row per task. `Visibility` is that set; its three forms of the same clause
(`as_q` for the ORM, `as_sql` for statements in SQL, `includes` for a loaded task) are the only
ones: `tests/accounts/test_visibility.py` compares every page and figure with the rule.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import NamedTuple

from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models import Q, QuerySet

from accounts.models import AccessGroup, AccessGroupUserObjectPermission, User
from accounts.roles import Role
from econtract.platform.common.id_lists import InLiteralIds, Sql, ids_condition

# From the row of one member to the capacity of another member of the same group.
OWN_MEMBERSHIP = "content_object__members__permission_id"
# The role in which a member of a group sees its managers' tasks.
ROLE_OF_MEMBERSHIP = {
    AccessGroup.MEMBER_TEAM_LEAD: Role.TEAM_LEAD,
    AccessGroup.MEMBER_HEAD: Role.HEAD,
    AccessGroup.MEMBER_MANAGER: Role.MANAGER,
}


@cache
def memberships() -> dict[int, str]:
    """The three kinds of membership by primary key. Only a migration changes them."""
    found = Permission.objects.filter(
        content_type__app_label=AccessGroup._meta.app_label, codename__in=ROLE_OF_MEMBERSHIP
    )
    return dict(found.values_list("pk", "codename"))


def key_of(membership: str) -> int:
    """Raises KeyError where no migration has been run."""
    return {codename: key for key, codename in memberships().items()}[membership]


# The managers of the groups in which a user is a member, and in which capacity. Team leaders and
# heads see them; a manager does only where the group's switch is on.
GRANTS_SQL = f"""
    SELECT seen.user_id, mine.permission_id, seen.content_object_id
    FROM {AccessGroupUserObjectPermission._meta.db_table} mine
    JOIN {AccessGroup._meta.db_table} access_group ON access_group.id = mine.content_object_id
    JOIN {AccessGroupUserObjectPermission._meta.db_table} seen
        ON seen.content_object_id = mine.content_object_id
    WHERE mine.user_id = %s AND seen.permission_id = %s
        AND (mine.permission_id <> %s OR access_group.managers_see_each_other)
"""  # noqa: S608 - our names


class Rule(Enum):
    """What lets a user see a manager's tasks."""

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


class Grant(NamedTuple):
    """One reason why a user sees the tasks of one manager; through a group, with its key."""

    manager_id: int
    rule: Rule
    group_id: int | None = None


@dataclass(frozen=True)
class Visibility:
    """What a user sees: every manager's tasks, or those of ``manager_ids``."""

    sees_everything: bool
    grants: tuple[Grant, ...] = ()
    manager_ids: frozenset[int] = frozenset()

    def includes(self, manager_id: int) -> bool:
        """Whether the tasks of ``manager_id`` are visible."""
        return self.sees_everything or manager_id in self.manager_ids

    def as_q(self, column: str = "manager_id") -> Q:
        """The clause for a queryset with the manager's key in ``column``."""
        return Q() if self.sees_everything else Q(InLiteralIds(column, self.manager_ids))

    def as_sql(self, column: str = "manager_id") -> list[Sql]:
        """The clause for a statement in SQL: conditions to be joined with AND."""
        return [] if self.sees_everything else [ids_condition(column, self.manager_ids)]

    def grants_to(self, manager_id: int) -> list[Grant]:
        """Everything that lets the user see the tasks of ``manager_id``; empty: nothing does."""
        if self.sees_everything:
            return [Grant(manager_id, Rule.EVERYTHING)]
        return [grant for grant in self.grants if grant.manager_id == manager_id]


NOTHING = Visibility(sees_everything=False)
EVERYTHING = Visibility(sees_everything=True)


def visibility_of(user: User) -> Visibility:
    """The managers whose tasks ``user`` sees; at most two queries (roles, groups).

    Asked once per request: the answer is kept on the user object, as the roles are.
    """
    visibility: Visibility | None = user.__dict__.get("_visibility")
    if visibility is None:
        visibility = user.__dict__["_visibility"] = _find_visibility(user)
    return visibility


def _find_visibility(user: User) -> Visibility:
    if not user.is_active:
        return NOTHING
    roles = user.role_codes
    if Role.ADMINISTRATOR in roles:
        return EVERYTHING
    own = [Grant(user.pk, Rule.OWN)] if Role.MANAGER in roles else []
    grants = (*own, *_grants_through_groups(user, roles))
    return Visibility(False, grants, frozenset(grant.manager_id for grant in grants))


def managers_headed_by(user: User) -> frozenset[int]:
    """Managers of the groups where ``user`` is head: whose tasks they may approve.

    Asked once per request, like `visibility_of`.
    """
    if not user.is_active or Role.HEAD not in user.role_codes:
        return frozenset()
    headed: frozenset[int] | None = user.__dict__.get("_headed")
    if headed is None:
        visibility = visibility_of(user)
        grants: Iterable[Grant] = visibility.grants
        if visibility.sees_everything:
            # An administrator sees tasks without any group, and may be head of some as well.
            grants = _grants_through_groups(user, {Role.HEAD})
        headed = frozenset(grant.manager_id for grant in grants if grant.rule is Rule.HEAD)
        user.__dict__["_headed"] = headed
    return headed


def _grants_through_groups(user: User, roles: Iterable[Role]) -> list[Grant]:
    """The managers of the groups where ``user`` is a member in one of ``roles``; one query.

    Every page needs it. As SQL because Django takes longer to build the query than PostgreSQL to
    answer it.
    """
    memberships_that_grant = [
        key_of(membership) for membership, role in ROLE_OF_MEMBERSHIP.items() if role in roles
    ]
    if not memberships_that_grant:
        return []
    condition, parameters = ids_condition("mine.permission_id", memberships_that_grant)
    manager = key_of(AccessGroup.MEMBER_MANAGER)
    with connection.cursor() as cursor:
        cursor.execute(f"{GRANTS_SQL} AND {condition}", [user.pk, manager, manager, *parameters])
        rows = cursor.fetchall()
    return [
        Grant(manager_id, RULE_OF_MEMBERSHIP[memberships()[membership]], group_id)
        for manager_id, membership, group_id in rows
    ]


def _managers_beside(user: User) -> QuerySet[AccessGroupUserObjectPermission]:
    """The managers of the user's groups; `OWN_MEMBERSHIP` is the user's own membership there."""
    return AccessGroupUserObjectPermission.objects.filter(
        permission_id=key_of(AccessGroup.MEMBER_MANAGER),
        content_object__members__user_id=user.pk,
    )


def colleagues_of(user: User) -> frozenset[int]:
    """Managers to whom ``user`` may hand a task: those of his groups, and those he sees.

    The group's switch does not matter: knowing a colleague is not seeing their tasks.
    """
    beside = _managers_beside(user).values_list("user_id", flat=True)
    return frozenset(beside) | visibility_of(user).manager_ids


class MissingGrant(NamedTuple):
    """A group that user and manager share, and why it does not show the manager's tasks."""

    group: str
    reason: str


def missing_grants(user: User, manager: User) -> list[MissingGrant]:
    """The groups that would let ``user`` see the tasks of ``manager``, and what each lacks.

    Only meaningful when the user's visibility does not include the manager.
    """
    shared = _managers_beside(user).filter(user=manager)
    return [
        MissingGrant(group, _explain(memberships()[membership], user.role_codes))
        for group, membership in shared.values_list("content_object__name", OWN_MEMBERSHIP)
    ]


def _explain(membership: str, roles: frozenset[Role]) -> str:
    role = ROLE_OF_MEMBERSHIP[membership]
    if role not in roles:
        return f"участвует как «{role.label}», но роли «{role.label}» у него нет"
    return "менеджеры этой группы не видят задания друг друга"
