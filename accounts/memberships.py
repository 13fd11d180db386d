"""Membership in access groups: who is in a group, and as what.

A membership is a django-guardian permission on the group (`AccessGroup`).
"""

from functools import cache

from django.contrib.auth.models import Permission
from django.db.models import QuerySet

from accounts.models import AccessGroup, AccessGroupUserObjectPermission, User

MEMBERSHIPS = (
    AccessGroup.MEMBER_MANAGER,
    AccessGroup.MEMBER_TEAM_LEAD,
    AccessGroup.MEMBER_HEAD,
)


@cache
def membership_codes() -> dict[int, str]:
    """The memberships by the id of their permission. Migrations create these rows."""
    permissions = Permission.objects.filter(
        content_type__app_label=AccessGroup._meta.app_label, codename__in=MEMBERSHIPS
    )
    return dict(permissions.values_list("pk", "codename"))


def permission_id_of(membership: str) -> int:
    """Raises KeyError when the migrations have not been applied."""
    return {codename: pk for pk, codename in membership_codes().items()}[membership]


def members_of_groups_of(user: User) -> QuerySet[AccessGroupUserObjectPermission]:
    """All memberships in the groups where ``user`` is a member, in whatever capacity.

    A membership appears once for each membership of the user in its group.
    """
    return AccessGroupUserObjectPermission.objects.filter(content_object__members__user_id=user.pk)


def managers_in_groups_of(user: User) -> QuerySet[AccessGroupUserObjectPermission]:
    """The part of `members_of_groups_of` that are members as managers."""
    return members_of_groups_of(user).filter(
        permission_id=permission_id_of(AccessGroup.MEMBER_MANAGER)
    )
