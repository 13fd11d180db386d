"""Changing people's rights: what the journal says, and the last administrator."""

import pytest

from accounts import actions
from accounts.models import AccessGroup, JournalEntry, User
from accounts.roles import Role, TaskType
from accounts.visibility import visibility_of
from econtract.platform.common.errors import ActionRefused
from tests.support.factories import AccessGroupFactory, UserFactory
from tests.support.factories_clients import RegionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief() -> User:
    user: User = UserFactory(username="chief", roles=[Role.ADMINISTRATOR])
    return user


@pytest.fixture
def person() -> User:
    user: User = UserFactory(username="person")
    return user


def journal() -> list[str]:
    return [entry.change for entry in JournalEntry.objects.order_by("pk")]


def test_the_journal_says_what_came_and_what_went(chief: User, person: User) -> None:
    actions.grant_role(user=person, role=Role.MANAGER, actor=chief)
    actions.open_type(user=person, task_type=TaskType.LEGAL, actor=chief)
    actions.revoke_role(user=person, role=Role.MANAGER, actor=chief)
    assert journal() == [
        "Выдано: роль «Менеджер»",
        "Выдано: доступ «ЮЛ/ИП B2B»",
        "Снято: роль «Менеджер»",
    ]
    entry = JournalEntry.objects.first()
    assert entry is not None
    assert (entry.actor, entry.subject) == (chief, person)


def test_what_changes_nothing_is_not_in_the_journal(chief: User, person: User) -> None:
    actions.grant_role(user=person, role=Role.MANAGER, actor=chief)
    actions.grant_role(user=person, role=Role.MANAGER, actor=chief)
    assert len(journal()) == 1


def test_a_membership_opens_the_groups_tasks_and_is_written_down(chief: User, person: User) -> None:
    group, manager = AccessGroupFactory(name="Центр"), UserFactory(roles=[Role.MANAGER])
    actions.add_member(
        group=group, user=manager, membership=AccessGroup.MEMBER_MANAGER, actor=chief
    )
    actions.grant_role(user=person, role=Role.TEAM_LEAD, actor=chief)
    actions.add_member(
        group=group, user=person, membership=AccessGroup.MEMBER_TEAM_LEAD, actor=chief
    )
    assert visibility_of(User.objects.get(pk=person.pk)).includes(manager.pk)
    actions.remove_member(
        group=group, user=person, membership=AccessGroup.MEMBER_TEAM_LEAD, actor=chief
    )
    assert not visibility_of(User.objects.get(pk=person.pk)).includes(manager.pk)
    assert journal()[-2:] == [
        "Выдано: группа «Центр», Тимлидер",
        "Снято: группа «Центр», Тимлидер",
    ]


def test_regions_given_from_elsewhere_are_in_the_journal_too(chief: User, person: User) -> None:
    region = RegionFactory(name="Тверская область")
    with actions.changing_rights([person.pk], actor=chief):
        region.managers.add(person)
    assert journal() == ["Выдано: регион «Тверская область»"]


def test_a_blocked_person_may_nothing_and_comes_back_as_he_was(chief: User, person: User) -> None:
    actions.grant_role(user=person, role=Role.ADMINISTRATOR, actor=chief)
    actions.block(user=person, reason="Уволен", actor=chief)
    blocked = User.objects.get(pk=person.pk)
    assert not blocked.is_administrator
    assert (blocked.block_reason, blocked.blocked_at is None) == ("Уволен", False)
    actions.unblock(user=person, actor=chief)
    assert User.objects.get(pk=person.pk).is_administrator
    assert journal()[-2:] == ["Заблокирован: Уволен", "Разблокирован"]


def test_the_last_administrator_can_neither_drop_the_role_nor_block_himself(chief: User) -> None:
    UserFactory(roles=[Role.ADMINISTRATOR], is_active=False)
    with pytest.raises(ActionRefused, match="последний администратор"):
        actions.revoke_role(user=chief, role=Role.ADMINISTRATOR, actor=chief)
    with pytest.raises(ActionRefused, match="последний администратор"):
        actions.block(user=chief, reason="Отпуск", actor=chief)
    assert User.objects.get(pk=chief.pk).is_administrator
    assert journal() == []


def test_with_another_administrator_he_can(chief: User, person: User) -> None:
    actions.grant_role(user=person, role=Role.ADMINISTRATOR, actor=chief)
    actions.revoke_role(user=chief, role=Role.ADMINISTRATOR, actor=person)
    assert not User.objects.get(pk=chief.pk).is_administrator


def test_the_journal_is_only_added_to(chief: User, person: User) -> None:
    actions.grant_role(user=person, role=Role.MANAGER, actor=chief)
    entry = JournalEntry.objects.get()
    with pytest.raises(TypeError):
        entry.save()
