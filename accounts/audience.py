"""Who sees a manager's tasks: `accounts.visibility` asked the other way round.

For those who are to be told of something, or may be named in a comment. What somebody sees is
still decided by `visibility_of` at the moment he looks.
"""

from django.db.models import Q, QuerySet

from accounts.models import AccessGroup, AccessGroupUserObjectPermission, RoleGrant, User
from accounts.roles import Role


def who_see(manager_id: int) -> QuerySet[User]:
    """Everybody whose sight covers the tasks of ``manager_id``, blocked people left out."""
    leads = _in_role(Role.TEAM_LEAD) & _beside(manager_id, AccessGroup.MEMBER_TEAM_LEAD)
    heads = _in_role(Role.HEAD) & _beside(manager_id, AccessGroup.MEMBER_HEAD)
    mates = _beside(manager_id, AccessGroup.MEMBER_MANAGER, managers_see_each_other=True)
    managers = _in_role(Role.MANAGER) & (Q(pk=manager_id) | mates)
    everything = _in_role(Role.ADMINISTRATOR)
    return User.objects.filter(everything | leads | heads | managers, is_active=True)


def heads_of(manager_id: int) -> QuerySet[User]:
    """The heads who may approve the tasks of ``manager_id``: those of his groups, not himself."""
    heads = _in_role(Role.HEAD) & _beside(manager_id, AccessGroup.MEMBER_HEAD)
    return User.objects.filter(heads, is_active=True).exclude(pk=manager_id)


def administrators() -> QuerySet[User]:
    """Everybody who may administer the product."""
    return User.objects.filter(_in_role(Role.ADMINISTRATOR), is_active=True)


def _in_role(role: Role) -> Q:
    return Q(pk__in=RoleGrant.objects.filter(role=role).values("user"))


def _beside(manager_id: int, membership: str, **switches: bool) -> Q:
    """People with ``membership`` in the groups where the manager is one."""
    members = AccessGroupUserObjectPermission.objects.all()
    groups = members.filter(
        user_id=manager_id, permission__codename=AccessGroup.MEMBER_MANAGER
    ).values("content_object")
    beside = members.filter(
        content_object__in=groups,
        permission__codename=membership,
        **{f"content_object__{name}": value for name, value in switches.items()},
    )
    return Q(pk__in=beside.values("user"))
