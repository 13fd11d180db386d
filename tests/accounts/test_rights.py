"""Changes of rights: the journal, and the last administrator."""

import pytest
from django.db import IntegrityError, transaction

from accounts import actions
from accounts.actions import change_rights
from accounts.models import AccessGroup, JournalEntry, User
from accounts.roles import Role, TaskType
from accounts.visibility import visibility_of
from econtract.platform.common.errors import ActionRefused
from tests.support.factories import AccessGroupFactory, UserFactory, join
from tests.support.factories_clients import RegionFactory
from tests.support.people import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> User:
    user: User = UserFactory(username="administrator", roles=[Role.ADMINISTRATOR])
    return user


@pytest.fixture
def person() -> User:
    user: User = UserFactory(username="person")
    return user


def journal() -> list[str]:
    return [entry.change for entry in JournalEntry.objects.order_by("pk")]


def test_the_journal_lists_granted_and_revoked_rights(administrator: User, person: User) -> None:
    with change_rights([person.pk], actor=administrator):
        person.roles.create(role=Role.MANAGER)
    with change_rights([person.pk], actor=administrator):
        person.type_accesses.create(task_type=TaskType.LEGAL)
    with change_rights([person.pk], actor=administrator):
        person.roles.all().delete()
    assert journal() == [
        "Выдано: роль «Менеджер»",
        "Выдано: доступ «ЮЛ/ИП B2B»",
        "Снято: роль «Менеджер»",
    ]
    entry = JournalEntry.objects.first()
    assert entry is not None
    assert (entry.actor, entry.subject) == (administrator, person)


def test_a_change_without_effect_is_not_in_the_journal(administrator: User, person: User) -> None:
    person.roles.create(role=Role.MANAGER)
    with change_rights([person.pk], actor=administrator):
        person.roles.get_or_create(role=Role.MANAGER)
    assert journal() == []


def test_a_membership_shows_the_groups_tasks_and_is_in_the_journal(
    administrator: User, person: User
) -> None:
    group, manager = AccessGroupFactory(name="Центр"), UserFactory(roles=[Role.MANAGER])
    join(group, manager, AccessGroup.MEMBER_MANAGER)
    person.roles.create(role=Role.TEAM_LEAD)
    with change_rights([person.pk], actor=administrator):
        join(group, person, AccessGroup.MEMBER_TEAM_LEAD)
    assert visibility_of(User.objects.get(pk=person.pk)).includes(manager.pk)
    with change_rights([person.pk], actor=administrator):
        group.members.filter(user=person).delete()
    assert not visibility_of(User.objects.get(pk=person.pk)).includes(manager.pk)
    assert journal() == [
        "Выдано: группа «Центр», Тимлидер",
        "Снято: группа «Центр», Тимлидер",
    ]


def test_regions_are_in_the_journal(administrator: User, person: User) -> None:
    region = RegionFactory(name="Тверская область")
    with change_rights([person.pk], actor=administrator):
        region.managers.add(person)
    assert journal() == ["Выдано: регион «Тверская область»"]


def test_unblocking_restores_the_rights(administrator: User, person: User) -> None:
    person.roles.create(role=Role.ADMINISTRATOR)
    actions.block(user=person, reason="Уволен", actor=administrator)
    blocked = User.objects.get(pk=person.pk)
    assert not blocked.is_administrator
    assert (blocked.block_reason, blocked.blocked_at is None) == ("Уволен", False)
    actions.unblock(user=person, actor=administrator)
    assert User.objects.get(pk=person.pk).is_administrator
    assert journal() == ["Заблокирован: Уволен", "Разблокирован"]


def test_the_last_administrator_keeps_the_role_and_cannot_be_blocked(administrator: User) -> None:
    UserFactory(roles=[Role.ADMINISTRATOR], is_active=False)
    with (
        pytest.raises(ActionRefused, match="последний администратор"),
        change_rights([administrator.pk], actor=administrator),
    ):
        administrator.roles.all().delete()
    with pytest.raises(ActionRefused, match="последний администратор"):
        actions.block(user=administrator, reason="Отпуск", actor=administrator)
    assert User.objects.get(pk=administrator.pk).is_administrator
    assert journal() == []


def test_another_administrator_can_drop_the_role(administrator: User, person: User) -> None:
    person.roles.create(role=Role.ADMINISTRATOR)
    with change_rights([administrator.pk], actor=person):
        administrator.roles.all().delete()
    assert not User.objects.get(pk=administrator.pk).is_administrator


def test_entries_of_the_journal_cannot_be_changed(administrator: User, person: User) -> None:
    with change_rights([person.pk], actor=administrator):
        person.roles.create(role=Role.MANAGER)
    entry = JournalEntry.objects.get()
    with pytest.raises(TypeError):
        entry.save()


# --- The last administrator who can log in -------------------------------------------------------


def test_an_administrator_without_a_password_does_not_count_as_another_one(
    administrator: User,
) -> None:
    administrator.set_password("Correct-horse-7")
    administrator.save()
    UserFactory(roles=[Role.ADMINISTRATOR])  # cannot log in
    with pytest.raises(ActionRefused, match="последний администратор"):
        actions.block(user=administrator, reason="Отпуск", actor=administrator)
    assert actions.is_last_administrator(administrator)
    UserFactory(roles=[Role.ADMINISTRATOR], password="Correct-horse-8")
    assert not actions.is_last_administrator(administrator)


@pytest.mark.parametrize("is_last", [True, False])
def test_the_last_administrator_cannot_forbid_their_own_password(
    administrator: User, is_last: bool
) -> None:
    administrator.set_password("Correct-horse-7")
    administrator.save()
    if not is_last:
        UserFactory(roles=[Role.ADMINISTRATOR], password="Correct-horse-8")
    browser = browser_of(User.objects.get(pk=administrator.pk))
    response = browser.post(
        f"/admin/accounts/user/{administrator.pk}/password/",
        {"usable_password": "false", "unset-password": "x", "password1": "", "password2": ""},
    )
    assert User.objects.get(pk=administrator.pk).has_usable_password() is is_last
    assert ("последний администратор" in response.content.decode()) is is_last


# --- Names of groups ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["урал", " Урал ", "УРАЛ", "У рал"])
def test_names_of_groups_are_unique_without_case_and_spaces(administrator: User, name: str) -> None:
    AccessGroupFactory(name="Урал")
    values = {"name": name, "members-TOTAL_FORMS": "0", "members-INITIAL_FORMS": "0"}
    page = browser_of(administrator).post("/admin/accounts/accessgroup/add/", values)
    assert "Группа с таким названием уже есть: «Урал»" in page.content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        AccessGroupFactory(name=name)
    assert AccessGroup.objects.count() == 1
