"""The users of a bulk load."""

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Permission
from faker import Faker

from accounts.models import (
    AccessGroup,
    AccessGroupUserObjectPermission,
    RoleGrant,
    TypeAccess,
    User,
)
from accounts.roles import Role, TaskType
from tasks.demo.people import PASSWORD

USERS_PER_GROUP = 62


def create_managers(count: int, faker: Faker) -> list[int]:
    """Creates ``count`` managers with every task type; returns their keys."""
    password = make_password(PASSWORD)
    start = User.objects.count()
    users = User.objects.bulk_create(
        (
            User(
                username=f"load{start + number}",
                password=password,
                last_name=faker.last_name_female(),
                first_name=faker.first_name_female(),
                patronymic=faker.middle_name_female(),
            )
            for number in range(count)
        ),
        batch_size=1_000,
    )
    RoleGrant.objects.bulk_create(RoleGrant(user=user, role=Role.MANAGER) for user in users)
    TypeAccess.objects.bulk_create(
        TypeAccess(user=user, task_type=kind) for user in users for kind in TaskType
    )
    return [user.pk for user in users]


def create_groups(managers: list[int]) -> None:
    """Spreads ``managers`` over access groups; the first in each is also its team lead."""
    permissions = {
        permission.codename: permission
        for permission in Permission.objects.filter(codename__startswith="member_")
    }
    start = AccessGroup.objects.count()
    for number, first in enumerate(range(0, len(managers), USERS_PER_GROUP)):
        group = AccessGroup.objects.create(
            name=f"Группа нагрузки {start + number + 1}",
            managers_see_each_other=number % 4 == 0,
        )
        members = managers[first : first + USERS_PER_GROUP]
        lead = members[0]
        RoleGrant.objects.create(user_id=lead, role=Role.TEAM_LEAD)
        AccessGroupUserObjectPermission.objects.bulk_create(
            [
                AccessGroupUserObjectPermission(
                    content_object=group,
                    user_id=lead,
                    permission=permissions[AccessGroup.MEMBER_TEAM_LEAD],
                ),
                *(
                    AccessGroupUserObjectPermission(
                        content_object=group,
                        user_id=member,
                        permission=permissions[AccessGroup.MEMBER_MANAGER],
                    )
                    for member in members
                ),
            ]
        )


def find_managers() -> list[int]:
    """The keys of the managers of an earlier load. Raises LookupError if there was none."""
    users = User.objects.filter(username__startswith="load").order_by("pk")
    if keys := list(users.values_list("pk", flat=True)):
        return keys
    raise LookupError("No earlier load: set --users to the number of users to create.")
