"""Users and the rights that their roles give."""

import pytest
from django.core.management import call_command
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import User
from accounts.roles import Permission, Role
from tests.support.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_createsuperuser_creates_an_administrator(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "long test password")
    call_command(
        "createsuperuser", interactive=False, username="chief", email="c@x.example", verbosity=0
    )
    assert User.objects.get().is_administrator


@pytest.mark.parametrize(
    ("roles", "can_enter"),
    [([Role.ADMINISTRATOR], True), ([Role.HEAD, Role.TEAM_LEAD, Role.MANAGER], False), ([], False)],
)
def test_only_administrators_enter_the_admin(roles: list[Role], can_enter: bool) -> None:
    browser = Browser()
    browser.force_login(UserFactory(roles=roles), backend="accounts.backends.RoleBackend")
    response = browser.get(reverse("admin:index"))
    assert (response.status_code == 200) is can_enter


def test_a_blocked_administrator_has_no_permissions() -> None:
    user = UserFactory(roles=[Role.ADMINISTRATOR], is_active=False)
    assert not user.is_staff
    assert not user.has_permission(Permission.SEE_TASKS)


def test_permissions_of_all_roles_apply() -> None:
    user = UserFactory(roles=[Role.HEAD, Role.MANAGER])
    assert user.has_permission(Permission.APPROVE)
    assert user.has_permission(Permission.CREATE_TASKS)
