"""Changes of users' rights. Each is one transaction and is written to the rights journal.

`rights_of` describes a user's rights as a set of sentences. The journal lists the sentences that
a change added or removed, whatever page made it.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import cast

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.db.models import Q

from accounts.login import throttle
from accounts.models import (
    AccessGroup,
    AccessGroupUserObjectPermission,
    JournalEntry,
    RoleGrant,
    User,
)
from accounts.roles import Role
from accounts.signals import HandoverResult, user_blocked
from accounts.users import administrators
from econtract.platform.common import clock
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.refusals import Refusal

LAST_ADMINISTRATOR = Refusal(
    "last_administrator",
    "Это последний администратор, который может войти: снять роль, заблокировать его или "
    "запретить ему вход по паролю нельзя.",
)

HAS_PASSWORD = ~Q(password__startswith=UNUSABLE_PASSWORD_PREFIX) & ~Q(password="")

# The rights of several users, by user id.
Rights = dict[int, frozenset[str]]


@contextmanager
def change_rights(user_ids: Iterable[int], *, actor: User) -> Iterator[None]:
    """A transaction in which the rights of these users change; writes the difference down.

    Raises ActionRefused and rolls back if no administrator would be left.
    """
    ids = sorted(set(user_ids))
    with transaction.atomic():
        # Locked: two administrators who remove each other's role must not both succeed.
        grants = RoleGrant.objects.filter(role=Role.ADMINISTRATOR)
        list(grants.select_for_update().order_by("pk"))
        before, counts = _rights_of_all(ids), _count_administrators()
        yield
        if any(had and not has for had, has in zip(counts, _count_administrators(), strict=True)):
            raise ActionRefused(LAST_ADMINISTRATOR)
        _write_journal(before, _rights_of_all(ids), actor)


def _count_administrators() -> tuple[int, int]:
    """How many active administrators there are, and how many of them have a password."""
    users = administrators()
    return users.count(), users.filter(HAS_PASSWORD).count()


def is_last_administrator(user: User) -> bool:
    """Whether nobody but ``user`` could log in as an administrator."""
    others = administrators().exclude(pk=user.pk)
    own = administrators().filter(pk=user.pk)
    return any(
        own.filter(condition).exists() and not others.filter(condition).exists()
        for condition in (Q(), HAS_PASSWORD)
    )


def _rights_of_all(user_ids: list[int]) -> Rights:
    users = User.objects.filter(pk__in=user_ids)
    return {user.pk: rights_of(user) for user in users}


def rights_of(user: User) -> frozenset[str]:
    """Everything that decides what ``user`` sees and does, as sentences for the journal."""
    roles = [f"роль «{Role(code).label}»" for code in user.roles.values_list("role", flat=True)]
    types = [f"доступ «{access}»" for access in user.type_accesses.all()]
    regions = [f"регион «{name}»" for name in user.regions.values_list("name", flat=True)]
    memberships = AccessGroupUserObjectPermission.objects.filter(user=user)
    groups = map(_membership_text, memberships.select_related("content_object", "permission"))
    return frozenset([*roles, *types, *regions, *groups])


def _membership_text(membership: AccessGroupUserObjectPermission) -> str:
    """Includes the group's switch: turning it on gives the group's managers a right."""
    group, permission = membership.content_object, membership.permission
    text = f"группа «{group}», {permission.name}"
    if permission.codename == AccessGroup.MEMBER_MANAGER and group.managers_see_each_other:
        text += " (менеджеры видят задания друг друга)"
    return text


def _write_journal(before: Rights, after: Rights, actor: User) -> None:
    now = clock.now()
    changes = [
        (user_id, f"{verb}: {right}")
        for user_id, rights in after.items()
        for verb, difference in (
            ("Снято", before.get(user_id, frozenset()) - rights),
            ("Выдано", rights - before.get(user_id, frozenset())),
        )
        for right in sorted(difference)
    ]
    JournalEntry.objects.bulk_create(
        JournalEntry(at=now, actor=actor, subject_id=user_id, change=change[:500])
        for user_id, change in changes
    )


def block(*, user: User, reason: str, actor: User, successor: User | None = None) -> HandoverResult:
    """Blocks ``user``: their sessions end for good and they cannot log in.

    Their open tasks go to ``successor``. Without one, and where a task cannot be handed over,
    tasks stay with ``user``. Raises ActionRefused for the last administrator.
    """
    with change_rights([user.pk], actor=actor):
        user.is_active = False
        user.blocked_at = clock.now()
        user.block_reason = reason
        user.end_sessions()
        user.save(update_fields=["is_active", "blocked_at", "block_reason", "session_generation"])
        result = _hand_tasks_over(user, successor, actor) if successor else HandoverResult()
        _add_to_journal(user, f"Заблокирован: {reason}", actor)
        if successor:
            _add_to_journal(user, _handover_text(result, successor), actor)
    return result


def _hand_tasks_over(user: User, successor: User, actor: User) -> HandoverResult:
    responses = user_blocked.send(User, user=user, successor=successor, actor=actor)
    results = [cast(HandoverResult, result) for _, result in responses]
    failures: dict[int, str] = {}
    for result in results:
        failures |= result.failures
    return HandoverResult(sum(result.task_count for result in results), failures)


def _handover_text(result: HandoverResult, successor: User) -> str:
    text = f"Открытые задания переданы сотруднику {successor}: {result.task_count}"
    if not result.failures:
        return text
    return f"{text}; не переданы: {', '.join(map(str, result.failures))}"


def unblock(*, user: User, actor: User) -> None:
    """Lets ``user`` log in again, with the rights that they had."""
    with change_rights([user.pk], actor=actor):
        user.is_active = True
        user.blocked_at = None
        user.block_reason = ""
        user.save(update_fields=["is_active", "blocked_at", "block_reason"])
        _add_to_journal(user, "Разблокирован", actor)


@transaction.atomic
def record_password_of_administrator(*, user: User, actor: User) -> None:
    """After ``actor`` has set the password of ``user``, or taken it away.

    A password that somebody else knows must be changed at the first log-in.
    """
    user.must_change_password = user.has_usable_password() and user != actor
    user.save(update_fields=["must_change_password"])
    if user.has_usable_password():
        change = "Пароль изменен" if user == actor else "Пароль задан администратором"
    else:
        change = "Вход по паролю запрещен"
    _add_to_journal(user, change, actor)


@transaction.atomic
def record_own_password(*, user: User) -> None:
    """After ``user`` has changed their own password. All their other sessions have ended."""
    user.must_change_password = False
    user.save(update_fields=["must_change_password"])
    _add_to_journal(user, "Пароль изменен", user)


def record_account(*, user: User, before: User | None, actor: User) -> None:
    """After ``actor`` has created the account or changed how ``user`` logs in and is written to."""
    if before is None:
        _add_to_journal(user, f"Создана учетная запись «{user.username}»", actor)
        return
    if before.username != user.username:
        _add_to_journal(user, f"Логин «{before.username}» изменен на «{user.username}»", actor)
    if before.email != user.email:
        _add_to_journal(user, "Изменена электронная почта", actor)


def lift_login_limit(*, user: User, actor: User) -> None:
    """«Снять ограничение входа»: wrong passwords entered under this login count no longer."""
    throttle.lift_limit(user.username)
    _add_to_journal(user, "Снято ограничение входа", actor)


def _add_to_journal(user: User, change: str, actor: User) -> None:
    JournalEntry.objects.create(actor=actor, subject=user, change=change[:500])
