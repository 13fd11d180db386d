"""The people of the demonstration, their roles, groups and regions. Everybody's password: demo."""

from dataclasses import dataclass

from django.contrib.auth.models import Permission

from accounts.models import (
    AccessGroup,
    AccessGroupUserObjectPermission,
    RoleGrant,
    TypeAccess,
    User,
)
from accounts.roles import Role, TaskType
from clients.models import Region

PASSWORD = "demo"  # noqa: S105  (the README prints it)


@dataclass(frozen=True)
class Person:
    login: str
    surname: str
    name: str
    patronymic: str
    roles: tuple[Role, ...]
    time_zone: str = "Europe/Moscow"


PEOPLE = (
    Person("manager", "Иванова", "Анна", "Сергеевна", (Role.MANAGER,)),
    Person("manager2", "Кравцов", "Денис", "Олегович", (Role.MANAGER,)),
    Person("manager3", "Лебедева", "Ольга", "Павловна", (Role.MANAGER,), "Asia/Novosibirsk"),
    Person("manager4", "Гусев", "Роман", "Игоревич", (Role.MANAGER,), "Asia/Yekaterinburg"),
    Person("teamlead", "Соколова", "Марина", "Викторовна", (Role.TEAM_LEAD,)),
    Person("head", "Орлов", "Виктор", "Николаевич", (Role.HEAD,)),
    Person("admin", "Тихонов", "Павел", "Андреевич", (Role.ADMINISTRATOR,)),
)


@dataclass(frozen=True)
class Group:
    name: str
    managers: tuple[str, ...]
    leads: tuple[str, ...]
    heads: tuple[str, ...]
    managers_see_each_other: bool = False


GROUPS = (
    Group("Москва и Центр", ("manager", "manager2"), ("teamlead",), ("head",), True),
    Group("Сибирь", ("manager3",), ("teamlead",), ("head",)),
    Group("Урал и Юг", ("manager4", "manager2"), (), ("head",)),
)


def install() -> dict[str, User]:
    """Makes people and groups; answers the people by login."""
    people = {person.login: _user(person) for person in PEOPLE}
    for group in GROUPS:
        _group(group, people)
    return people


def _user(person: Person) -> User:
    user = User.objects.create_user(
        username=person.login,
        password=PASSWORD,
        email=f"{person.login}@econtract.example",
        last_name=person.surname,
        first_name=person.name,
        patronymic=person.patronymic,
        time_zone=person.time_zone,
    )
    RoleGrant.objects.bulk_create(RoleGrant(user=user, role=role) for role in person.roles)
    if Role.MANAGER in person.roles:
        TypeAccess.objects.bulk_create(TypeAccess(user=user, task_type=kind) for kind in TaskType)
        user.regions.set(Region.objects.all())
    return user


def _group(group: Group, people: dict[str, User]) -> None:
    made = AccessGroup.objects.create(
        name=group.name, managers_see_each_other=group.managers_see_each_other
    )
    members = {
        AccessGroup.MEMBER_MANAGER: group.managers,
        AccessGroup.MEMBER_TEAM_LEAD: group.leads,
        AccessGroup.MEMBER_HEAD: group.heads,
    }
    for codename, logins in members.items():
        permission = Permission.objects.get(codename=codename, content_type__app_label="accounts")
        for login in logins:
            AccessGroupUserObjectPermission.objects.create(
                content_object=made, user=people[login], permission=permission
            )
