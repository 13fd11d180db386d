"""Whose tasks a user sees: the only definition of it (docs/rules.md#visibility).

A task is visible through its current manager. So visibility is a set of managers, and everything
that shows tasks derives from it: `SigningTask.objects.visible_to`, the counters, the card, the
lists, the list of people to notify.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet

from accounts.memberships import (
    managers_in_groups_of,
    members_of_groups_of,
    membership_codes,
    permission_id_of,
)
from accounts.models import AccessGroup, AccessGroupUserObjectPermission, User
from accounts.roles import Role
from accounts.users import has_role
from econtract.platform.common.id_lists import InLiteralIds, Sql, ids_condition


class GrantReason(Enum):
    """Why a user sees a manager's tasks; the value is the sentence for administrators."""

    EVERYTHING = "Администратор видит все задания."
    OWN = "Это его собственное задание."
    TEAM_LEAD = "Тимлидер группы"
    HEAD = "Руководитель группы"
    SWITCH = "Менеджер группы, где менеджеры видят задания друг друга"


class MembershipRule(NamedTuple):
    """Members of a group with this membership see the tasks of all its members.

    A task stays visible to the group when its team leader or head takes it over. The viewer must
    also have ``role``. With ``needs_switch`` the group must have ``managers_see_each_other`` on.
    """

    membership: str
    role: Role
    reason: GrantReason
    needs_switch: bool = False


# The rule itself. `visibility_of` and `viewers_of` apply it in opposite directions. Also, an
# administrator sees everything and a manager sees their own tasks.
MEMBERSHIP_RULES = {
    rule.membership: rule
    for rule in (
        MembershipRule(AccessGroup.MEMBER_TEAM_LEAD, Role.TEAM_LEAD, GrantReason.TEAM_LEAD),
        MembershipRule(AccessGroup.MEMBER_HEAD, Role.HEAD, GrantReason.HEAD),
        MembershipRule(
            AccessGroup.MEMBER_MANAGER, Role.MANAGER, GrantReason.SWITCH, needs_switch=True
        ),
    )
}


class Grant(NamedTuple):
    """One reason for which a user sees the tasks of one manager.

    ``group_id`` is the access group behind it, if any.
    """

    manager_id: int
    reason: GrantReason
    group_id: int | None = None


@dataclass(frozen=True)
class Visibility:
    """What a user sees: every manager's tasks, or those of ``manager_ids``.

    `includes`, `as_q` and `as_sql` are the same condition for Python, querysets and SQL.
    """

    sees_everything: bool
    grants: tuple[Grant, ...] = ()
    manager_ids: frozenset[int] = frozenset()

    def includes(self, manager_id: int) -> bool:
        return self.sees_everything or manager_id in self.manager_ids

    def as_q(self, field: str) -> Q:
        """For `QuerySet.filter`; ``field`` holds the manager's id.

        The ids are literals: the best plan for three managers is not the best for three thousand.
        """
        if self.sees_everything:
            return Q()
        return Q(InLiteralIds(field, self.manager_ids)) if self.manager_ids else Q(pk__in=())

    def as_sql(self, column: str) -> Sql:
        """For a statement in SQL; ``column`` holds the manager's id.

        The ids are one parameter, so that the statement is the same for many users.
        """
        if self.sees_everything:
            return "1 = 1", ()
        return ids_condition(column, self.manager_ids)

    def restrict_to(self, manager_id: int) -> "Visibility":
        """The part of this visibility that concerns one manager."""
        if not self.includes(manager_id):
            return NOTHING
        return Visibility(False, tuple(self.grants_for(manager_id)), frozenset({manager_id}))

    def includes_others_than(self, manager_id: int) -> bool:
        return self.sees_everything or bool(self.manager_ids - {manager_id})

    def grants_for(self, manager_id: int) -> list[Grant]:
        """Every reason why the user sees the tasks of ``manager_id``; empty if they do not."""
        if self.sees_everything:
            return [Grant(manager_id, GrantReason.EVERYTHING)]
        return [grant for grant in self.grants if grant.manager_id == manager_id]


NOTHING = Visibility(sees_everything=False)
EVERYTHING = Visibility(sees_everything=True)


def visibility_of(user: User) -> Visibility:
    """The managers whose tasks ``user`` sees; at most two queries (roles, groups).

    Kept with the user object, like their roles: it stays the same for the whole request.
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
    own = [Grant(user.pk, GrantReason.OWN)] if Role.MANAGER in roles else []
    grants = (*own, *_grants_through_groups(user, roles))
    return Visibility(False, grants, frozenset(grant.manager_id for grant in grants))


# The members of the groups where a user is a member, with the user's membership in each group.
# DISTINCT: somebody can be both manager and team leader of a group.
GRANTS = f"""
    SELECT DISTINCT member.user_id, mine.permission_id, member.content_object_id
    FROM {AccessGroupUserObjectPermission._meta.db_table} mine
    JOIN {AccessGroup._meta.db_table} access_group ON access_group.id = mine.content_object_id
    JOIN {AccessGroupUserObjectPermission._meta.db_table} member
        ON member.content_object_id = mine.content_object_id
    WHERE mine.user_id = %s
"""  # noqa: S608 - our names


def _grants_through_groups(user: User, roles: Iterable[Role]) -> list[Grant]:
    """Grants from the groups where ``user`` is a member, counting only ``roles``; one query.

    Every page needs this. Django takes longer to build the query than the database to run it, so
    it is SQL.
    """
    rules = [rule for rule in MEMBERSHIP_RULES.values() if rule.role in roles]
    if not rules:
        return []
    always, always_ids = _membership_condition(rules, needs_switch=False)
    by_switch, by_switch_ids = _membership_condition(rules, needs_switch=True)
    condition = f"({always} OR {by_switch} AND access_group.managers_see_each_other)"
    with connection.cursor() as cursor:
        cursor.execute(f"{GRANTS} AND {condition}", [user.pk, *always_ids, *by_switch_ids])
        rows = cursor.fetchall()
    codes = membership_codes()
    return [
        Grant(manager_id, MEMBERSHIP_RULES[codes[permission_id]].reason, group_id)
        for manager_id, permission_id, group_id in rows
    ]


def _membership_condition(rules: list[MembershipRule], *, needs_switch: bool) -> Sql:
    ids = [permission_id_of(r.membership) for r in rules if r.needs_switch == needs_switch]
    return ids_condition("mine.permission_id", ids)


def viewers_of(manager_id: int) -> QuerySet[User]:
    """All active users whose `visibility_of` includes ``manager_id``."""
    condition = has_role(Role.ADMINISTRATOR) | has_role(Role.MANAGER) & Q(pk=manager_id)
    for rule in MEMBERSHIP_RULES.values():
        condition |= _sees_by(rule, manager_id)
    return User.objects.filter(condition, is_active=True)


def _sees_by(rule: MembershipRule, manager_id: int) -> Q:
    """Users to whom ``rule`` shows the tasks of ``manager_id``."""
    members = AccessGroupUserObjectPermission.objects.all()
    groups = members.filter(user_id=manager_id).values("content_object")
    viewers = members.filter(content_object__in=groups, permission__codename=rule.membership)
    if rule.needs_switch:
        viewers = viewers.filter(content_object__managers_see_each_other=True)
    return has_role(rule.role) & Q(pk__in=viewers.values("user"))


def managers_headed_by(user: User) -> frozenset[int]:
    """Members of the groups where ``user`` is head: they may approve the tasks of these members.

    Kept with the user object, like `visibility_of`.
    """
    if not user.is_active or Role.HEAD not in user.role_codes:
        return frozenset()
    managers: frozenset[int] | None = user.__dict__.get("_managers_headed")
    if managers is None:
        visibility = visibility_of(user)
        # An administrator's visibility has no grants, but they may also be head of a group.
        administrator = visibility.sees_everything
        grants = _grants_through_groups(user, {Role.HEAD}) if administrator else visibility.grants
        managers = frozenset(g.manager_id for g in grants if g.reason is GrantReason.HEAD)
        user.__dict__["_managers_headed"] = managers
    return managers


def approvers_of(manager_id: int) -> QuerySet[User]:
    """All active heads who may approve the tasks of ``manager_id``: never the manager."""
    heads = _sees_by(MEMBERSHIP_RULES[AccessGroup.MEMBER_HEAD], manager_id)
    return User.objects.filter(heads, is_active=True).exclude(pk=manager_id)


def colleagues_of(user: User) -> frozenset[int]:
    """Managers to whom ``user`` may hand a task over.

    These are the managers of the user's groups, whatever the groups' switch says, and the
    managers whose tasks the user sees.
    """
    in_groups = managers_in_groups_of(user).values_list("user_id", flat=True)
    return frozenset(in_groups) | visibility_of(user).manager_ids


class MissingGrant(NamedTuple):
    """A group that ``user`` and manager share, and why it does not show the manager's tasks."""

    group: str
    reason: str


def missing_grants(user: User, manager: User) -> list[MissingGrant]:
    """The shared groups, and what each lacks to let ``user`` see the tasks of ``manager``.

    Only meaningful when `visibility_of` does not include the manager.
    """
    codes = membership_codes()
    memberships = members_of_groups_of(user).filter(user=manager)
    # Distinct: the manager can be a member of a group in two capacities.
    rows = memberships.values_list(
        "content_object__name", "content_object__members__permission_id"
    ).distinct()
    return [
        MissingGrant(group, _missing_condition(MEMBERSHIP_RULES[codes[permission_id]], user))
        for group, permission_id in rows
    ]


def _missing_condition(rule: MembershipRule, user: User) -> str:
    if rule.role not in user.role_codes:
        role = rule.role.label
        return f"участвует как «{role}», но роли «{role}» у него нет"
    return "менеджеры этой группы не видят задания друг друга"
