"""The users of the demo data with their roles, groups and regions. Every password is «demo»."""

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
class DemoUser:
    login: str
    surname: str
    name: str
    patronymic: str
    roles: tuple[Role, ...]
    time_zone: str = "Europe/Moscow"
    phone: str = ""


PEOPLE = (
    DemoUser(
        "manager",
        "Иванова",
        "Анна",
        "Сергеевна",
        (Role.MANAGER, Role.BATCH_RUNNER, Role.TEMPLATE_EDITOR),
        phone="+7 495 111-22-33",
    ),
    DemoUser("manager2", "Кравцов", "Денис", "Олегович", (Role.MANAGER,), phone="+7 495 111-22-44"),
    DemoUser("manager3", "Лебедева", "Ольга", "Павловна", (Role.MANAGER,), "Asia/Novosibirsk"),
    DemoUser("manager4", "Гусев", "Роман", "Игоревич", (Role.MANAGER,), "Asia/Yekaterinburg"),
    DemoUser("teamlead", "Соколова", "Марина", "Викторовна", (Role.TEAM_LEAD,)),
    DemoUser("head", "Орлов", "Виктор", "Николаевич", (Role.HEAD,)),
    DemoUser("admin", "Тихонов", "Павел", "Андреевич", (Role.ADMINISTRATOR,)),
)


@dataclass(frozen=True)
class DemoGroup:
    name: str
    managers: tuple[str, ...]
    leads: tuple[str, ...]
    heads: tuple[str, ...]
    managers_see_each_other: bool = False


GROUPS = (
    DemoGroup("Москва и Центр", ("manager", "manager2"), ("teamlead",), ("head",), True),
    DemoGroup("Сибирь", ("manager3",), ("teamlead",), ("head",)),
    DemoGroup("Урал и Юг", ("manager4", "manager2"), (), ("head",)),
)


def create_people() -> dict[str, User]:
    """Creates users and groups; returns the users by login."""
    people = {person.login: _create_user(person) for person in PEOPLE}
    for group in GROUPS:
        _create_group(group, people)
    return people


def _create_user(person: DemoUser) -> User:
    user = User.objects.create_user(
        username=person.login,
        password=PASSWORD,
        email=f"{person.login}@econtract.example",
        last_name=person.surname,
        first_name=person.name,
        patronymic=person.patronymic,
        time_zone=person.time_zone,
        phone=person.phone,
    )
    RoleGrant.objects.bulk_create(RoleGrant(user=user, role=role) for role in person.roles)
    if Role.MANAGER in person.roles:
        TypeAccess.objects.bulk_create(TypeAccess(user=user, task_type=kind) for kind in TaskType)
        user.regions.set(Region.objects.all())
    return user


def _create_group(group: DemoGroup, people: dict[str, User]) -> None:
    access_group = AccessGroup.objects.create(
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
                content_object=access_group, user=people[login], permission=permission
            )
