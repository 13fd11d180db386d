"""Every address that names somebody's object, walked by everybody who does not see it.

A new address comes into the walk by itself; one with a part that `PARTS` does not know fails it.
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
PART = re.compile(r"<(?:\w+:)?(\w+)>")
# Addresses of one's own or of nobody's: what they name is not a person's.
SHARED = {"tab", "slug", "direction"}
# The directory of clients belongs to all who work with the type; `code` is a secret of its own.
NOT_WALKED = ("admin:", "clients:", "verification:")
REFUSED = {403, 404, 405}


class World:
    """A task in work and a finished one of the owner's, with everything that hangs on them."""

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
        self.paper = AuthorityDocument.objects.create(
            task=self.open, file=stored, file_name="Приказ.pdf", request_ref="r1"
        )
        self.saved = SavedFilter.objects.create(
            owner=owner, name="Мой", list_code="tasks", tab="my", query="?q=1"
        )
        self.note = Notification.objects.create(
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

    def part(self, name: str, part: str) -> list[Any]:
        """What stands for ``part`` in the address ``name``; several where it matters."""
        parts: dict[str, list[Any]] = {
            "number": [self.open.number, self.done.number],
            "version": [self.version.pk],
            "page": [1],
            "index": [0],
            "name": ["cancel", "approve"],
            "slug": ["company"],
            "tasks:authority_file pk": [self.paper.pk],
            "tasks:saved_rename pk": [self.saved.pk],
            "tasks:saved_delete pk": [self.saved.pk],
            "notifications:read pk": [self.note.pk],
            "reports:export pk": [self.export.pk],
        }
        return parts.get(f"{name} {part}") or parts[part]

    def addresses(self) -> list[str]:
        """Every address that names one of these objects."""
        found = []
        for name, route, _ in walk_urls():
            parts = set(PART.findall(route))
            if name.startswith(NOT_WALKED) or not parts - SHARED:
                continue
            found += self._filled(name, route)
        return found

    def _filled(self, name: str, route: str) -> list[str]:
        part = PART.search(route)
        if part is None:
            return [route]
        return [
            address
            for value in self.part(name, part[1])
            for address in self._filled(name, route.replace(part[0], str(value), 1))
        ]


@pytest.fixture
def world(people: People) -> World:
    owner = people["owner"]
    assert owner is not None
    return World(owner)


@pytest.fixture
def outsider(people: People) -> User:
    """Has every role but the administrator's, in a group of his own: roles stop him nowhere."""
    roles = [Role.MANAGER, Role.TEAM_LEAD, Role.HEAD]
    user: User = UserFactory(username="outsider", roles=roles, types=ALL_TYPES)
    group = AccessGroupFactory(managers_see_each_other=True)
    neighbour = people["neighbour"]
    assert neighbour is not None
    for capacity in (AccessGroup.MEMBER_MANAGER, AccessGroup.MEMBER_HEAD):
        join(group, user, capacity)
    join(group, neighbour, AccessGroup.MEMBER_MANAGER)
    return user


def snapshot() -> list[Any]:
    """What an action would have changed."""
    return [
        list(SigningTask.objects.order_by("pk").values_list("status", "updated_at", "manager")),
        list(SavedFilter.objects.values_list("name", flat=True)),
        list(Notification.objects.values_list("read_at", flat=True)),
        [model.objects.count() for model in (HistoryEntry, Comment, OutboxJob, Contact)],
    ]


VALUES = {"comment": "x", "text": "x", "to": "1", "name": "x", "reason": "x", "task": "1"}


def answers(browser: Client, address: str, **headers: str) -> list[int]:
    got = browser.get(address, **headers)
    sent = browser.post(address, VALUES, **headers)
    for response in (got, sent):
        assert SECRET not in ("" if response.streaming else response.content.decode())
    return [got.status_code, sent.status_code]


@pytest.mark.parametrize("headers", [{}, {"HTTP_HX_REQUEST": "true"}], ids=["page", "fragment"])
def test_what_one_does_not_see_is_not_there(
    world: World, outsider: User, headers: dict[str, str]
) -> None:
    browser, before = browser_of(outsider), snapshot()
    walked = {one: answers(browser, one, **headers) for one in world.addresses()}
    assert len(walked) > 50
    odd = {one: codes for one, codes in walked.items() if set(codes) - {404, 405}}
    assert odd == {}
    assert snapshot() == before


@pytest.mark.parametrize("who", ["colleague", "foreign_lead", "foreign_head"])
def test_no_role_sees_a_neighbours_objects(people: People, world: World, who: str) -> None:
    browser, before = browser_of(people[who]), snapshot()
    walked = {one: answers(browser, one) for one in world.addresses()}
    assert {one: codes for one, codes in walked.items() if set(codes) - REFUSED} == {}
    assert snapshot() == before


@pytest.mark.parametrize("who", ["roleless", "blocked", "nobody"])
def test_without_a_role_or_a_login_nothing_is_even_looked_for(
    people: People, world: World, who: str
) -> None:
    browser = browser_of(people[who])
    places = {browser.get(one).headers["Location"].partition("?")[0] for one in world.addresses()}
    assert places == {"/access/" if who == "roleless" else "/login/"}


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
def test_no_list_search_or_suggestion_shows_it(
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
    # A search by the client's own words finds him in the directory, which belongs to all.
    assert address in BY_CLIENT or SECRET not in page
    assert f"/tasks/{world.open.number}/" not in page
    assert f">{people['owner']}<" not in page
