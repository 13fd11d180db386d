"""Saved filters and columns: whose they are, what they show, who can change them."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import AccessGroup, AccessGroupUserObjectPermission, User
from econtract.platform.listing.models import SavedFilter
from edo.models import SimpleSigning
from tasks.models import Channel
from tasks.statuses import Status
from tests.support.factories import SigningTaskFactory
from tests.support.lists import numbers_on_page
from tests.support.people import People, browser_of
from tests.support.signing.simple_signings import create_signing_task

QUERY = "?group=none&status=signing_failed&sort=number"


@pytest.fixture
def group(people: People) -> AccessGroup:
    """The group of the owner and of their team leader."""
    group: AccessGroup = AccessGroup.objects.get(members__user=people["lead"])
    return group


def save(web: Client, name: str, group: AccessGroup | None = None, tab: str = "all") -> Any:
    values = {"name": name, "group": group.pk if group else ""}
    return web.post(f"/tasks/{tab}/saved/{QUERY}", values)


def filter_names(web: Client) -> list[str]:
    return [row["name"] for row in web.get("/tasks/archive/saved/").context["saved_filters"]]


def test_a_saved_filter_leads_to_its_query(people: People) -> None:
    web = browser_of(people["lead"])
    assert save(web, "Ошибки").status_code == 302
    [row] = web.get("/tasks/all/saved/").context["saved_filters"]
    assert row["name"] == "Ошибки"
    query = web.get(row["url"]).context["query"]
    assert (query.status, query.sort) == (Status.SIGNING_FAILED, "number")


def test_the_count_is_of_the_tasks_that_the_viewer_sees(people: People, group: AccessGroup) -> None:
    save(browser_of(people["lead"]), "Ошибки", group)
    SigningTaskFactory(manager=people["owner"], status=Status.SIGNING_FAILED)
    SigningTaskFactory(manager=people["colleague"], status=Status.SIGNING_FAILED)
    counts = {
        who: browser_of(people[who]).get("/tasks/all/saved/").context["saved_filters"][0]["count"]
        for who in ("lead", "colleague")
    }
    assert counts == {"lead": 2, "colleague": 1}


def test_a_user_who_leaves_the_group_loses_its_filters(people: People, group: AccessGroup) -> None:
    save(browser_of(people["lead"]), "Общий", group)
    save(browser_of(people["lead"]), "Личный")
    web = browser_of(people["owner"])
    assert filter_names(web) == ["Общий"]
    assert filter_names(browser_of(people["neighbour"])) == []
    AccessGroupUserObjectPermission.objects.filter(user=people["owner"]).delete()
    assert filter_names(web) == []
    assert filter_names(browser_of(people["lead"])) == ["Личный", "Общий"]


def test_users_share_with_their_own_groups_only(people: People, group: AccessGroup) -> None:
    response = save(browser_of(people["neighbour"]), "Чужим", group, tab="my")
    assert response.status_code == 422
    assert not SavedFilter.objects.exists()


def test_a_name_is_unique_and_not_empty(people: People) -> None:
    web = browser_of(people["lead"])
    save(web, "Ошибки")
    again = save(web, "Ошибки")
    assert again.status_code == 422
    assert "с таким названием" in again.content.decode()
    assert save(web, " ").status_code == 422
    assert filter_names(web) == ["Ошибки"]


def test_a_filter_of_another_list_is_not_shown(people: People) -> None:
    lead = people["lead"]
    web = browser_of(lead)
    save(web, "Ошибки")
    other = SavedFilter.objects.create(owner=lead, list_code="letters", name="Ошибки", tab="sent")
    assert filter_names(web) == ["Ошибки"]
    assert web.post(f"/tasks/saved/{other.pk}/delete/").status_code == 404


def test_the_author_can_change_a_shared_filter_and_members_cannot(
    people: People, group: AccessGroup
) -> None:
    save(browser_of(people["lead"]), "Общий", group)
    saved = SavedFilter.objects.get()
    member = browser_of(people["owner"])
    for action in ("rename", "delete"):
        address = f"/tasks/saved/{saved.pk}/{action}/"
        assert member.post(address, {"name": "Мой"}).status_code == 404
    author = browser_of(people["lead"])
    author.post(f"/tasks/saved/{saved.pk}/rename/", {"name": "Новый"})
    assert filter_names(member) == ["Новый"]
    author.post(f"/tasks/saved/{saved.pk}/delete/")
    assert filter_names(member) == []


def test_the_choice_of_columns_is_stored_for_the_user(people: People) -> None:
    owner = people["owner"]
    assert isinstance(owner, User)
    task = create_signing_task(manager=owner)
    values = {"columns": ["account", "channel", "progress", "nonsense"]}
    assert browser_of(owner).post("/tasks/my/columns/", values).status_code == 302
    response = browser_of(owner).get("/tasks/my/?group=none")
    labels = [column["label"] for column in response.context["columns"]]
    assert labels == ["№", "Клиент", "Лицевой счет", "Статус", "Подписание", "Ход подписания"]
    page = response.content.decode()
    assert task.account_number in page
    assert '<td role="cell" data-label="Подписание">СМС</td>' in page
    assert '<td role="cell" data-label="Ход подписания">Ссылка отправлена</td>' in page


def test_the_density_of_rows_is_stored_for_the_user_beside_the_columns(people: People) -> None:
    owner = people["owner"]
    SigningTaskFactory(manager=owner)
    browser = browser_of(owner)
    default_columns = browser.get("/tasks/my/?group=none").context["columns"]
    response = browser.post("/tasks/my/density/?group=none&q=78", {"dense": "1"})
    assert response.headers["Location"] == "/tasks/my/?group=none&q=78"
    dense = browser_of(owner).get("/tasks/my/?group=none")
    assert "table-dense" in dense.content.decode()
    assert dense.context["columns"] == default_columns
    browser.post("/tasks/my/columns/", {"columns": ["account"]})
    assert "table-dense" in browser.get("/tasks/my/?group=none").content.decode()
    browser.post("/tasks/my/density/", {"dense": "0"})
    assert "table-dense" not in browser.get("/tasks/my/?group=none").content.decode()


def test_tasks_are_filtered_by_the_channel(people: People) -> None:
    owner = people["owner"]
    by_sms = SigningTaskFactory(manager=owner, channel=Channel.SMS)
    SigningTaskFactory(manager=owner)
    response = browser_of(owner).get("/tasks/my/?group=none&channel=sms")
    assert numbers_on_page(response) == [by_sms.number]
    assert "Подписание: СМС" in response.content.decode()


def test_tasks_are_filtered_by_how_far_the_client_has_come(people: People) -> None:
    owner = people["owner"]
    opened, signed = (create_signing_task(manager=owner) for _ in range(2))
    for task, progress in ((opened, "opened"), (signed, "signed")):
        SimpleSigning.objects.filter(task=task).update(progress=progress)
    SigningTaskFactory(manager=owner)
    response = browser_of(owner).get("/tasks/my/?group=none&progress=opened")
    assert numbers_on_page(response) == [opened.number]
    assert "Ход подписания: Открыта" in response.content.decode()
