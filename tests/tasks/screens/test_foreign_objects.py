"""Users who request the URL of an object that they cannot see.

Every URL of the project is tested. The test fails for a URL with a parameter that `World.values_of`
does not know.
"""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import AccessGroup, User
from accounts.roles import Role, TaskType
from archive.files.storage import store_bytes
from clients.models import Contact
from econtract.platform.listing.models import Export, SavedFilter
from econtract.platform.notifications.models import Notification
from econtract.platform.outbox.models import OutboxJob
from tasks.models import AuthorityDocument, Comment, Draft, HistoryEntry, SigningTask
from tasks.statuses import Status
from tests.support.factories import (
    AccessGroupFactory,
    DocumentVersionFactory,
    PackageFactory,
    SigningTaskFactory,
    UserFactory,
    join,
)
from tests.support.people import ALL_TYPES, People, browser_of
from tests.support.routes import walk_urls

SECRET = "ООО «Чужая тайна»"
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
# Parameters that do not name an object of a user.
SHARED = {"tab", "slug", "direction"}
# All users who work with the type share the directory of clients; `code` is itself a secret.
EXCLUDED = ("admin:", "clients:", "verification:")
REFUSED = {403, 404, 405}


class World:
    """A task in work and a finished task of the owner, with objects of every kind."""

    def __init__(self, owner: User) -> None:
        stored = store_bytes(b"%PDF-1.7 secret", "application/pdf")
        self.version = DocumentVersionFactory(source=stored, pdf=stored)
        package = PackageFactory(file=stored)
        self.open = SigningTaskFactory(
            manager=owner, client__short_name=SECRET, document_version=self.version
        )
        self.done = SigningTaskFactory(
            manager=owner, status=Status.COMPLETED, client=self.open.client, package=package
        )
        self.authority_document = AuthorityDocument.objects.create(
            task=self.open, file=stored, file_name="Приказ.pdf", request_ref="r1"
        )
        self.saved_filter = SavedFilter.objects.create(
            owner=owner, name="Мой", list_code="tasks", tab="my", query="?q=1"
        )
        self.notification = Notification.objects.create(
            recipient=owner,
            kind="signed",
            subject_type="task",
            subject_id=self.open.pk,
            text="Подписано",
            source="history:1",
        )
        self.export = Export.objects.create(
            user=owner, list_code="tasks", tab="my", file_name="x.xlsx", file=stored
        )
        Draft.objects.create(user=owner, task_type=TaskType.LEGAL, document_version=self.version)

    def values_of(self, name: str, parameter: str) -> list[Any]:
        """The values of a parameter of the URL ``name``."""
        values: dict[str, list[Any]] = {
            "number": [self.open.number, self.done.number],
            "version": [self.version.pk],
            "page": [1],
            "index": [0],
            "name": ["cancel", "approve"],
            "slug": ["company"],
            "tasks:authority_file pk": [self.authority_document.pk],
            "tasks:saved_rename pk": [self.saved_filter.pk],
            "tasks:saved_delete pk": [self.saved_filter.pk],
            "notifications:read pk": [self.notification.pk],
            "reports:export pk": [self.export.pk],
        }
        return values.get(f"{name} {parameter}") or values[parameter]

    def urls(self) -> list[str]:
        """The URLs of these objects."""
        urls = []
        for name, route, _ in walk_urls():
            parameters = set(PARAMETER.findall(route))
            if name.startswith(EXCLUDED) or not parameters - SHARED:
                continue
            urls += self._fill_in(name, route)
        return urls

    def _fill_in(self, name: str, route: str) -> list[str]:
        parameter = PARAMETER.search(route)
        if parameter is None:
            return [route]
        return [
            address
            for value in self.values_of(name, parameter[1])
            for address in self._fill_in(name, route.replace(parameter[0], str(value), 1))
        ]


@pytest.fixture
def world(people: People) -> World:
    owner = people["owner"]
    assert owner is not None
    return World(owner)


@pytest.fixture
def outsider(people: People) -> User:
    """Has every role but the administrator's, in a group of their own: no role stops them."""
    roles = [Role.MANAGER, Role.TEAM_LEAD, Role.HEAD]
    user: User = UserFactory(username="outsider", roles=roles, types=ALL_TYPES)
    group = AccessGroupFactory(managers_see_each_other=True)
    neighbour = people["neighbour"]
    assert neighbour is not None
    for membership in (AccessGroup.MEMBER_MANAGER, AccessGroup.MEMBER_HEAD):
        join(group, user, membership)
    join(group, neighbour, AccessGroup.MEMBER_MANAGER)
    return user


def snapshot() -> list[Any]:
    """The data that an action would change."""
    return [
        list(SigningTask.objects.order_by("pk").values_list("status", "updated_at", "manager")),
        list(SavedFilter.objects.values_list("name", flat=True)),
        list(Notification.objects.values_list("read_at", flat=True)),
        [model.objects.count() for model in (HistoryEntry, Comment, OutboxJob, Contact)],
    ]


VALUES = {"comment": "x", "text": "x", "to": "1", "name": "x", "reason": "x", "task": "1"}


def status_codes(browser: Client, address: str, **headers: str) -> list[int]:
    get_response = browser.get(address, **headers)
    post_response = browser.post(address, VALUES, **headers)
    for response in (get_response, post_response):
        assert SECRET not in ("" if response.streaming else response.content.decode())
    return [get_response.status_code, post_response.status_code]


@pytest.mark.parametrize("headers", [{}, {"HTTP_HX_REQUEST": "true"}], ids=["page", "fragment"])
def test_objects_that_a_user_cannot_see_are_not_found(
    world: World, outsider: User, headers: dict[str, str]
) -> None:
    browser, before = browser_of(outsider), snapshot()
    codes = {url: status_codes(browser, url, **headers) for url in world.urls()}
    assert len(codes) > 50
    assert {url: seen for url, seen in codes.items() if set(seen) - {404, 405}} == {}
    assert snapshot() == before


@pytest.mark.parametrize("who", ["colleague", "foreign_lead", "foreign_head"])
def test_no_role_gives_access_to_objects_of_another_group(
    people: People, world: World, who: str
) -> None:
    browser, before = browser_of(people[who]), snapshot()
    codes = {url: status_codes(browser, url) for url in world.urls()}
    assert {url: seen for url, seen in codes.items() if set(seen) - REFUSED} == {}
    assert snapshot() == before


@pytest.mark.parametrize("who", ["roleless", "blocked", "nobody"])
def test_users_without_a_role_or_a_login_are_redirected(
    people: People, world: World, who: str
) -> None:
    browser = browser_of(people[who])
    redirects = {browser.get(url).headers["Location"].partition("?")[0] for url in world.urls()}
    assert redirects == {"/access/" if who == "roleless" else "/login/"}


BY_CLIENT = ["/search/?q=тайна", "/search/?q={inn}"]
LISTS = [
    "/tasks/my/?group=none",
    "/tasks/all/?group=none",
    "/tasks/archive/",
    "/tasks/archive/?q={number}",
    "/tasks/my/?group=none&owner={owner}",
    "/search/?q={number}",
    *BY_CLIENT,
    "/palette/?q={number}",
    "/notifications/",
    "/tasks/owners/?owner_q=owner",
    "/tasks/colleagues/?to_q=owner",
]


@pytest.mark.parametrize("address", LISTS)
def test_no_list_search_or_suggestion_shows_them(
    people: People, world: World, outsider: User, address: str
) -> None:
    values = {
        "number": world.open.number,
        "inn": world.open.client.inn,
        "owner": world.open.manager_id,
    }
    response = browser_of(outsider).get(address.format(**values), follow=True)
    page = response.content.decode()
    assert response.status_code == 200
    # A search by the client finds them in the directory, which all users share.
    assert address in BY_CLIENT or SECRET not in page
    assert f"/tasks/{world.open.number}/" not in page
    assert f">{people['owner']}<" not in page
