"""Changes of people's rights. Each is one transaction and is written into the journal of rights.

What a person may is a set of sentences (`rights_of`); the journal says which of them came and
which went, whatever the page that changed them.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import cast

from django.contrib.auth.models import Permission
from django.db import transaction

from accounts.models import (
    AccessGroup,
    AccessGroupUserObjectPermission,
    JournalEntry,
    RoleGrant,
    TypeAccess,
    User,
)
from accounts.roles import Role
from accounts.signals import HandoverResult, user_blocked
from econtract.platform.common import clock
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.refusals import Refusal

LAST_ADMINISTRATOR = "Это последний администратор: снять роль или заблокировать его нельзя."
Rights = dict[int, frozenset[str]]


@contextmanager
def changing_rights(user_ids: Iterable[int], *, actor: User) -> Iterator[None]:
    """One transaction in which the rights of these people change; the journal tells how.

    Raises ActionRefused, and nothing is changed, when no administrator would be left.
    """
    people = sorted(set(user_ids))
    with transaction.atomic():
        # Two administrators who take each other's role away must not both succeed.
        administrators = RoleGrant.objects.filter(role=Role.ADMINISTRATOR)
        list(administrators.select_for_update().order_by("pk"))
        before, had = _rights_of_all(people), _administrators()
        yield
        if had and not _administrators():
            raise ActionRefused(Refusal("last_administrator", LAST_ADMINISTRATOR))
        _write_down(before, _rights_of_all(people), actor)


def _administrators() -> set[int]:
    granted = RoleGrant.objects.filter(role=Role.ADMINISTRATOR, user__is_active=True)
    return set(granted.values_list("user_id", flat=True))


def is_last_administrator(user: User) -> bool:
    """Whether nobody but ``user`` could administer the product."""
    return _administrators() == {user.pk}


def _rights_of_all(people: list[int]) -> Rights:
    users = User.objects.filter(pk__in=people)
    return {user.pk: rights_of(user) for user in users}


def rights_of(user: User) -> frozenset[str]:
    """Everything that decides what ``user`` may do and see, in words for the journal."""
    roles = [f"роль «{Role(code).label}»" for code in user.roles.values_list("role", flat=True)]
    types = [f"доступ «{access}»" for access in user.type_accesses.all()]
    regions = [f"регион «{name}»" for name in user.regions.values_list("name", flat=True)]
    members = AccessGroupUserObjectPermission.objects.filter(user=user)
    groups = map(_membership_words, members.select_related("content_object", "permission"))
    return frozenset([*roles, *types, *regions, *groups])


def _membership_words(member: AccessGroupUserObjectPermission) -> str:
    """With the group's switch: what it opens is a right of its managers too."""
    group, capacity = member.content_object, member.permission
    words = f"группа «{group}», {capacity.name}"
    if capacity.codename == AccessGroup.MEMBER_MANAGER and group.managers_see_each_other:
        words += " (менеджеры видят задания друг друга)"
    return words


def _write_down(before: Rights, after: Rights, actor: User) -> None:
    now = clock.now()
    changes = [
        (user_id, f"{verb}: {what}")
        for user_id, rights in after.items()
        for verb, found in (
            ("Снято", before.get(user_id, frozenset()) - rights),
            ("Выдано", rights - before.get(user_id, frozenset())),
        )
        for what in sorted(found)
    ]
    JournalEntry.objects.bulk_create(
        JournalEntry(at=now, actor=actor, subject_id=user_id, change=change[:500])
        for user_id, change in changes
    )


def grant_role(*, user: User, role: Role, actor: User) -> None:
    """Gives the role; one that is there already stays."""
    with changing_rights([user.pk], actor=actor):
        RoleGrant.objects.get_or_create(user=user, role=role)


def revoke_role(*, user: User, role: Role, actor: User) -> None:
    """Takes the role away. Raises ActionRefused for the last administrator."""
    with changing_rights([user.pk], actor=actor):
        RoleGrant.objects.filter(user=user, role=role).delete()


def open_type(*, user: User, task_type: str, actor: User) -> None:
    """Opens a task type to the person."""
    with changing_rights([user.pk], actor=actor):
        TypeAccess.objects.get_or_create(user=user, task_type=task_type)


def add_member(*, group: AccessGroup, user: User, membership: str, actor: User) -> None:
    """Makes ``user`` a member of ``group``; ``membership`` is one of `AccessGroup.MEMBER_…`."""
    with changing_rights([user.pk], actor=actor):
        AccessGroupUserObjectPermission.objects.get_or_create(
            content_object=group,
            user=user,
            permission=Permission.objects.get(codename=membership),
        )


def remove_member(*, group: AccessGroup, user: User, membership: str, actor: User) -> None:
    """Ends a membership."""
    with changing_rights([user.pk], actor=actor):
        group.members.filter(user=user, permission__codename=membership).delete()


def block(*, user: User, reason: str, actor: User, successor: User | None = None) -> HandoverResult:
    """Ends the person's sessions and lets nobody in under the name.

    The open tasks go to ``successor``; those that cannot, and all without one, stay his. Raises
    ActionRefused for the last administrator.
    """
    with changing_rights([user.pk], actor=actor):
        user.is_active = False
        user.blocked_at = clock.now()
        user.block_reason = reason
        user.save(update_fields=["is_active", "blocked_at", "block_reason"])
        handed = _hand_work_over(user, successor, actor) if successor else HandoverResult(0, {})
        _note(user, f"Заблокирован: {reason}", actor)
        if successor:
            _note(user, _handed_words(handed, successor), actor)
    return handed


def _hand_work_over(user: User, successor: User, actor: User) -> HandoverResult:
    sent = user_blocked.send(User, user=user, successor=successor, actor=actor)
    answers = [cast(HandoverResult, answer) for _, answer in sent]
    stayed: dict[int, str] = {}
    for handed in answers:
        stayed |= handed.stayed
    return HandoverResult(sum(handed.done for handed in answers), stayed)


def _handed_words(handed: HandoverResult, successor: User) -> str:
    words = f"Открытые задания переданы сотруднику {successor}: {handed.done}"
    if not handed.stayed:
        return words
    return f"{words}; не переданы: {', '.join(map(str, handed.stayed))}"


def unblock(*, user: User, actor: User) -> None:
    """Lets the person in again, with the rights that he had."""
    with changing_rights([user.pk], actor=actor):
        user.is_active = True
        user.blocked_at = None
        user.block_reason = ""
        user.save(update_fields=["is_active", "blocked_at", "block_reason"])
        _note(user, "Разблокирован", actor)


def _note(user: User, change: str, actor: User) -> None:
    JournalEntry.objects.create(actor=actor, subject=user, change=change[:500])
