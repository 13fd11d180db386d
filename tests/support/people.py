"""The people of every permission table: who stands in what relation to one manager's tasks."""

from typing import Any

from django.test import Client as Browser

from accounts.models import AccessGroup, User
from accounts.roles import Role, TaskType
from tests.support.factories import AccessGroupFactory, UserFactory, join

ALL_TYPES = list(TaskType)
People = dict[str, User | None]


def make_people() -> People:
    """Everybody by the word that the tables use; the tasks in question are the owner's.

    owner: a manager. colleague: a manager of the same group, whose switch is off. mate: a manager
    of another group of the owner's, whose switch is on. lead, head: of the owner's group;
    lead_manager and head_manager have «Менеджер» too. neighbour, foreign_lead and foreign_head
    belong to a group where the owner is not. administrator; roleless: no role; blocked: a blocked
    manager of the «mate» kind; nobody: not logged in.
    """
    group, open_group, other = (
        AccessGroupFactory(),
        AccessGroupFactory(managers_see_each_other=True),
        AccessGroupFactory(),
    )
    people: People = {
        "owner": _manager("owner"),
        "colleague": _manager("colleague"),
        "mate": _manager("mate"),
        "neighbour": _manager("neighbour"),
        "lead": _person("lead", Role.TEAM_LEAD),
        "head": _person("head", Role.HEAD),
        "lead_manager": _person("lead_manager", Role.TEAM_LEAD, Role.MANAGER),
        "head_manager": _person("head_manager", Role.HEAD, Role.MANAGER),
        "foreign_lead": _person("foreign_lead", Role.TEAM_LEAD),
        "foreign_head": _person("foreign_head", Role.HEAD),
        "administrator": _person("administrator", Role.ADMINISTRATOR),
        "roleless": _person("roleless"),
        "blocked": _manager("blocked", is_active=False),
        "nobody": None,
    }
    _join(group, people, managers=["owner", "colleague"], leads=["lead", "lead_manager"])
    _join(group, people, heads=["head", "head_manager"])
    _join(open_group, people, managers=["owner", "mate", "blocked"])
    _join(other, people, managers=["neighbour"], leads=["foreign_lead"], heads=["foreign_head"])
    return people


def browser_of(user: User | None) -> Browser:
    """A test client logged in as ``user`` (None: as nobody)."""
    browser = Browser()
    if user is not None:
        browser.force_login(user, backend="accounts.backends.RoleBackend")
    return browser


def _person(name: str, *roles: Role, **more: Any) -> User:
    return UserFactory(username=name, roles=list(roles), types=ALL_TYPES, **more)


def _manager(name: str, **more: Any) -> User:
    return _person(name, Role.MANAGER, **more)


def _join(group: AccessGroup, people: dict[str, User | None], **names: list[str]) -> None:
    memberships: dict[str, str] = {
        "managers": AccessGroup.MEMBER_MANAGER,
        "leads": AccessGroup.MEMBER_TEAM_LEAD,
        "heads": AccessGroup.MEMBER_HEAD,
    }
    for kind, members in names.items():
        for name in members:
            user = people[name]
            if user is not None:
                join(group, user, memberships[kind])
