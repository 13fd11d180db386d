"""Changing rights: what the journal says, and the last administrator."""

import pytest

from accounts import actions
from accounts.actions import change_rights
from accounts.models import AccessGroup, JournalEntry, User
from accounts.roles import Role, TaskType
from accounts.visibility import visibility_of
from econtract.platform.common.errors import ActionRefused
from tests.support.factories import AccessGroupFactory, UserFactory, join
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


def test_the_journal_lists_rights_given_and_taken_away(chief: User, person: User) -> None:
    with change_rights([person.pk], actor=chief):
        person.roles.create(role=Role.MANAGER)
    with change_rights([person.pk], actor=chief):
        person.type_accesses.create(task_type=TaskType.LEGAL)
    with change_rights([person.pk], actor=chief):
        person.roles.all().delete()
    assert journal() == [
        "Выдано: роль «Менеджер»",
        "Выдано: доступ «ЮЛ/ИП B2B»",
        "Снято: роль «Менеджер»",
    ]
    entry = JournalEntry.objects.first()
    assert entry is not None
    assert (entry.actor, entry.subject) == (chief, person)


def test_a_change_that_changes_nothing_is_not_in_the_journal(chief: User, person: User) -> None:
    person.roles.create(role=Role.MANAGER)
    with change_rights([person.pk], actor=chief):
        person.roles.get_or_create(role=Role.MANAGER)
    assert journal() == []


def test_a_membership_opens_the_groups_tasks_and_is_in_the_journal(
    chief: User, person: User
) -> None:
    group, manager = AccessGroupFactory(name="Центр"), UserFactory(roles=[Role.MANAGER])
    join(group, manager, AccessGroup.MEMBER_MANAGER)
    person.roles.create(role=Role.TEAM_LEAD)
    with change_rights([person.pk], actor=chief):
        join(group, person, AccessGroup.MEMBER_TEAM_LEAD)
    assert visibility_of(User.objects.get(pk=person.pk)).includes(manager.pk)
    with change_rights([person.pk], actor=chief):
        group.members.filter(user=person).delete()
    assert not visibility_of(User.objects.get(pk=person.pk)).includes(manager.pk)
    assert journal() == [
        "Выдано: группа «Центр», Тимлидер",
        "Снято: группа «Центр», Тимлидер",
    ]


def test_regions_given_from_elsewhere_are_in_the_journal_too(chief: User, person: User) -> None:
    region = RegionFactory(name="Тверская область")
    with change_rights([person.pk], actor=chief):
        region.managers.add(person)
    assert journal() == ["Выдано: регион «Тверская область»"]


def test_a_blocked_user_has_no_rights_and_gets_them_back(chief: User, person: User) -> None:
    person.roles.create(role=Role.ADMINISTRATOR)
    actions.block(user=person, reason="Уволен", actor=chief)
    blocked = User.objects.get(pk=person.pk)
    assert not blocked.is_administrator
    assert (blocked.block_reason, blocked.blocked_at is None) == ("Уволен", False)
    actions.unblock(user=person, actor=chief)
    assert User.objects.get(pk=person.pk).is_administrator
    assert journal() == ["Заблокирован: Уволен", "Разблокирован"]


def test_the_last_administrator_can_neither_drop_the_role_nor_be_blocked(chief: User) -> None:
    UserFactory(roles=[Role.ADMINISTRATOR], is_active=False)
    with (
        pytest.raises(ActionRefused, match="последний администратор"),
        change_rights([chief.pk], actor=chief),
    ):
        chief.roles.all().delete()
    with pytest.raises(ActionRefused, match="последний администратор"):
        actions.block(user=chief, reason="Отпуск", actor=chief)
    assert User.objects.get(pk=chief.pk).is_administrator
    assert journal() == []


def test_an_administrator_who_is_not_the_last_can_drop_the_role(chief: User, person: User) -> None:
    person.roles.create(role=Role.ADMINISTRATOR)
    with change_rights([chief.pk], actor=person):
        chief.roles.all().delete()
    assert not User.objects.get(pk=chief.pk).is_administrator


def test_entries_of_the_journal_cannot_be_changed(chief: User, person: User) -> None:
    with change_rights([person.pk], actor=chief):
        person.roles.create(role=Role.MANAGER)
    entry = JournalEntry.objects.get()
    with pytest.raises(TypeError):
        entry.save()
