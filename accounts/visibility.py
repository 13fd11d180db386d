"""Whose tasks a person sees: the one rule behind list, card, search, counters and downloads.

Manual, section 6, and the group switch «Менеджеры видят задания друг друга». A task is reached
through its current manager, so the answer is a set of managers and never a row per task.
"""

from dataclasses import dataclass

from django.db.models import F, Q

from accounts.models import AccessGroup, AccessGroupUserObjectPermission, User
from accounts.roles import Role


@dataclass(frozen=True)
class Sight:
    """What a person sees: every manager's tasks, or those of ``manager_ids``."""

    everything: bool
    manager_ids: frozenset[int]

    def covers(self, manager_id: int) -> bool:
        return self.everything or manager_id in self.manager_ids


NOTHING = Sight(everything=False, manager_ids=frozenset())
EVERYTHING = Sight(everything=True, manager_ids=frozenset())


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
    own = {user.pk} if Role.MANAGER in roles else set()
    watched = _managers_watched_as(user, roles)
    return Sight(everything=False, manager_ids=frozenset(own | watched))


def headed_by(user: User) -> frozenset[int]:
    """Managers in the groups where ``user`` is head: whose tasks he may approve.

    At most one query in a request, like `sight_of`.
    """
    if not user.is_active or Role.HEAD not in user.role_codes:
        return frozenset()
    headed: frozenset[int] | None = user.__dict__.get("_headed")
    if headed is None:
        watched = _managers_watched_as(user, frozenset({Role.HEAD}))
        headed = user.__dict__["_headed"] = frozenset(watched)
    return headed


def _managers_watched_as(user: User, roles: frozenset[Role]) -> set[int]:
    """Managers of the groups where ``user`` is a member in one of ``roles``."""
    mine = Q(pk__in=[])
    member = "content_object__members__permission__codename"
    if Role.TEAM_LEAD in roles:
        mine |= Q(**{member: AccessGroup.MEMBER_TEAM_LEAD})
    if Role.HEAD in roles:
        mine |= Q(**{member: AccessGroup.MEMBER_HEAD})
    if Role.MANAGER in roles:
        mine |= Q(
            **{member: AccessGroup.MEMBER_MANAGER}, content_object__managers_see_each_other=True
        )
    managers = AccessGroupUserObjectPermission.objects.filter(
        mine,
        permission__codename=AccessGroup.MEMBER_MANAGER,
        content_object__members__user_id=user.pk,
    ).annotate(manager=F("user_id"))
    return set(managers.values_list("manager", flat=True).distinct())
