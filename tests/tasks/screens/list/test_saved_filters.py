"""Saved filters and columns: whose they are, what they show, who may change them."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import AccessGroup, AccessGroupUserObjectPermission, User
from econtract.platform.listing.models import SavedFilter
from tasks.models import Channel
from tasks.statuses import Status
from tests.support.factories import SigningTaskFactory
from tests.support.people import People, browser_of

FILTER = "?group=none&status=signing_failed&sort=number"


@pytest.fixture
def group(people: People) -> AccessGroup:
    """The group of the owner and of his lead."""
    group: AccessGroup = AccessGroup.objects.get(members__user=people["lead"])
    return group


def save(web: Client, name: str, group: AccessGroup | None = None, tab: str = "all") -> Any:
    values = {"name": name, "group": group.pk if group else ""}
    return web.post(f"/tasks/{tab}/saved/{FILTER}", values)


def names(web: Client) -> list[str]:
    return [one["name"] for one in web.get("/tasks/archive/saved/").context["saved"]]


def test_a_filter_is_saved_under_a_name_and_leads_back_to_its_view(people: People) -> None:
    web = browser_of(people["lead"])
    assert save(web, "Ошибки").status_code == 302
    [one] = web.get("/tasks/all/saved/").context["saved"]
    assert one["name"] == "Ошибки"
    query = web.get(one["url"]).context["query"]
    assert (query.status, query.sort) == (Status.SIGNING_FAILED, "number")


def test_its_figure_is_what_the_viewer_would_find(people: People, group: AccessGroup) -> None:
    save(browser_of(people["lead"]), "Ошибки", group)
    SigningTaskFactory(manager=people["owner"], status=Status.SIGNING_FAILED)
    SigningTaskFactory(manager=people["colleague"], status=Status.SIGNING_FAILED)
    counts = {
        who: browser_of(people[who]).get("/tasks/all/saved/").context["saved"][0]["count"]
        for who in ("lead", "colleague")
    }
    assert counts == {"lead": 2, "colleague": 1}


def test_who_leaves_the_group_loses_its_filters(people: People, group: AccessGroup) -> None:
    save(browser_of(people["lead"]), "Общий", group)
    save(browser_of(people["lead"]), "Личный")
    web = browser_of(people["owner"])
    assert names(web) == ["Общий"]
    assert names(browser_of(people["neighbour"])) == []
    AccessGroupUserObjectPermission.objects.filter(user=people["owner"]).delete()
    assert names(web) == []
    assert names(browser_of(people["lead"])) == ["Личный", "Общий"]


def test_one_shares_with_his_own_groups_only(people: People, group: AccessGroup) -> None:
    response = save(browser_of(people["neighbour"]), "Чужим", group, tab="my")
    assert response.status_code == 422
    assert not SavedFilter.objects.exists()


def test_a_name_is_used_once_and_never_empty(people: People) -> None:
    web = browser_of(people["lead"])
    save(web, "Ошибки")
    again = save(web, "Ошибки")
    assert again.status_code == 422
    assert "с таким названием" in again.content.decode()
    assert save(web, " ").status_code == 422
    assert names(web) == ["Ошибки"]


def test_its_author_and_an_administrator_change_a_shared_filter(
    people: People, group: AccessGroup
) -> None:
    save(browser_of(people["lead"]), "Общий", group)
    one = SavedFilter.objects.get()
    mate = browser_of(people["owner"])
    for action in ("rename", "delete"):
        address = f"/tasks/saved/{one.pk}/{action}/"
        assert mate.post(address, {"name": "Мой"}).status_code == 404
    author = browser_of(people["lead"])
    author.post(f"/tasks/saved/{one.pk}/rename/", {"name": "Новый"})
    assert names(mate) == ["Новый"]
    author.post(f"/tasks/saved/{one.pk}/delete/")
    assert names(mate) == []


def test_columns_are_kept_for_the_person_whatever_the_computer(people: People) -> None:
    owner = people["owner"]
    assert isinstance(owner, User)
    task = SigningTaskFactory(manager=owner, channel=Channel.SMS)
    values = {"columns": ["account", "channel", "nonsense"]}
    assert browser_of(owner).post("/tasks/my/columns/", values).status_code == 302
    response = browser_of(owner).get("/tasks/my/?group=none")
    labels = [column["label"] for column in response.context["columns"]]
    assert labels == ["№", "Клиент", "Лицевой счет", "Статус", "Подписание"]
    page = response.content.decode()
    assert task.account_number in page
    assert '<td role="cell" data-label="Подписание">СМС</td>' in page


def test_tasks_are_filtered_by_the_channel(people: People) -> None:
    owner = people["owner"]
    by_sms = SigningTaskFactory(manager=owner, channel=Channel.SMS)
    SigningTaskFactory(manager=owner)
    response = browser_of(owner).get("/tasks/my/?group=none&channel=sms")
    assert [int(row["number"]) for row in response.context["rows"]] == [by_sms.number]
    assert "Подписание: СМС" in response.content.decode()
