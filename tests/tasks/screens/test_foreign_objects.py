"""Users who request the URL of an object that they cannot see.

Every URL of the project is tested. The test fails for a URL with a parameter that
`OwnedObjects.values_of` does not know.
"""

from typing import Any

import pytest
from django.test import Client

from accounts.models import AccessGroup, User
from accounts.roles import Role
from clients.models import Contact
from econtract.platform.listing.models import SavedFilter
from econtract.platform.notifications.models import Notification
from econtract.platform.outbox.models import OutboxJob
from tasks.models import AgentListEvent, Batch, Comment, HistoryEntry, SigningTask
from tests.support.factories import (
    AccessGroupFactory,
    UserFactory,
    join,
)
from tests.support.people import ALL_TYPES, People, browser_of
from tests.support.rights.owned_objects import SECRET, OwnedObjects

REFUSED = {403, 404, 405}


@pytest.fixture
def world(people: People) -> OwnedObjects:
    owner = people["owner"]
    assert owner is not None
    return OwnedObjects(owner)


@pytest.fixture
def outsider(people: People) -> User:
    """Has every role but the administrator's, in a group of their own: no role stops them."""
    roles = [role for role in Role if role is not Role.ADMINISTRATOR]
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
        list(Batch.objects.values_list("state", flat=True)),
        [model.objects.count() for model in (HistoryEntry, Comment, OutboxJob, Contact)],
        list(AgentListEvent.objects.values_list("kind", flat=True)),
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
    world: OwnedObjects, outsider: User, headers: dict[str, str]
) -> None:
    browser, before = browser_of(outsider), snapshot()
    codes = {url: status_codes(browser, url, **headers) for url in world.urls()}
    assert len(codes) > 50
    assert {url: seen for url, seen in codes.items() if set(seen) - {404, 405}} == {}
    assert snapshot() == before


@pytest.mark.parametrize("who", ["colleague", "foreign_lead", "foreign_head"])
def test_no_role_gives_access_to_objects_of_another_group(
    people: People, world: OwnedObjects, who: str
) -> None:
    browser, before = browser_of(people[who]), snapshot()
    codes = {url: status_codes(browser, url) for url in world.urls()}
    assert {url: seen for url, seen in codes.items() if set(seen) - REFUSED} == {}
    assert snapshot() == before


@pytest.mark.parametrize("who", ["roleless", "blocked", "nobody"])
def test_users_without_a_role_or_a_login_are_redirected(
    people: People, world: OwnedObjects, who: str
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
    "/batches/",
    "/notifications/",
    "/tasks/owners/?owner_q=owner",
    "/tasks/colleagues/?to_q=owner",
]


@pytest.mark.parametrize("address", LISTS)
def test_no_list_search_or_suggestion_shows_them(
    people: People, world: OwnedObjects, outsider: User, address: str
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
