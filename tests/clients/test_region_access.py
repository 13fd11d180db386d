"""«Открыть регионы» in the admin: all, by macro-region, as a colleague has, to several at once."""

from typing import Any

import pytest
from django.test import Client as Browser

from accounts.models import JournalEntry, User
from accounts.roles import Role
from clients.models import Region
from tests.support.factories import UserFactory
from tests.support.factories_clients import RegionFactory
from tests.support.people import browser_of

pytestmark = pytest.mark.django_db
PAGE = "/admin/clients/region/access/"


@pytest.fixture
def web() -> Browser:
    return browser_of(UserFactory.create(roles=[Role.ADMINISTRATOR]))


@pytest.fixture
def regions() -> dict[str, Region]:
    """Two macro-regions, and a region that is switched off."""
    return {
        "Тула": RegionFactory(name="Тула", mrf="Центр"),
        "Тверь": RegionFactory(name="Тверь", mrf="Центр"),
        "Томск": RegionFactory(name="Томск", mrf="Сибирь"),
        "Закрытый": RegionFactory(name="Закрытый", mrf="Центр", active=False),
    }


@pytest.fixture
def managers() -> list[User]:
    return [UserFactory.create(roles=[Role.MANAGER]) for _ in range(2)]


def names_of(user: User) -> list[str]:
    return [region.name for region in user.regions.all()]


def apply(web: Browser, users: list[User], **values: Any) -> None:
    response = web.post(PAGE, {"users": [user.pk for user in users], "change": "open"} | values)
    assert response.status_code == 302, response.context["form"].errors


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"all_regions": "on"}, ["Тверь", "Томск", "Тула"]),
        ({"macro_regions": ["Центр"]}, ["Тверь", "Тула"]),
        ({"regions": ["Томск"]}, ["Томск"]),
        ({"macro_regions": ["Сибирь"], "regions": ["Тула"]}, ["Томск", "Тула"]),
        ({"colleague": True}, ["Томск"]),
    ],
)
def test_regions_are_opened_to_several_managers(
    web: Browser,
    regions: dict[str, Region],
    managers: list[User],
    values: dict[str, Any],
    names: list[str],
) -> None:
    if "colleague" in values:
        colleague = UserFactory.create(roles=[Role.MANAGER])
        colleague.regions.add(regions["Томск"])
        values = {"colleague": colleague.pk}
    elif "regions" in values:
        values = values | {"regions": [regions[name].pk for name in values["regions"]]}
    apply(web, managers, **values)
    assert [names_of(manager) for manager in managers] == [names, names]
    changes = JournalEntry.objects.filter(subject=managers[0], change__startswith="Выдано: регион")
    assert changes.count() == len(names)


def test_regions_are_kept_replaced_and_closed(
    web: Browser, regions: dict[str, Region], managers: list[User]
) -> None:
    manager, other = managers
    other.regions.add(regions["Тула"])
    manager.regions.add(regions["Тула"], regions["Закрытый"])
    apply(web, [manager], macro_regions=["Сибирь"])
    assert names_of(manager) == ["Закрытый", "Томск", "Тула"]
    apply(web, [manager], macro_regions=["Центр"], change="open_only")
    assert names_of(manager) == ["Тверь", "Тула"]
    apply(web, [manager], regions=[regions["Тула"].pk], change="close")
    assert names_of(manager) == ["Тверь"]
    assert names_of(other) == ["Тула"]


def test_the_list_of_users_leads_to_the_page(
    web: Browser, regions: dict[str, Region], managers: list[User]
) -> None:
    keys = [manager.pk for manager in managers]
    data = {"action": "open_regions", "_selected_action": keys}
    page = web.post("/admin/accounts/user/", data, follow=True)
    assert page.redirect_chain[-1][0].startswith(PAGE)
    for manager in managers:
        assert f'<option value="{manager.pk}" selected>' in page.content.decode()
    assert web.get(f"/admin/accounts/user/{keys[0]}/change/").content.decode().count(PAGE) == 1
    assert PAGE in web.get("/admin/clients/region/").content.decode()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "Выберите регионы"),
        ({"users": [], "all_regions": "on"}, "Выберите сотрудников"),
        ({"users": ["x"], "all_regions": "on"}, "Такого сотрудника нет"),
        ({"users": ["9" * 18], "all_regions": "on"}, "Такого сотрудника нет"),
    ],
)
def test_an_incomplete_form_says_what_is_missing(
    web: Browser,
    regions: dict[str, Region],
    managers: list[User],
    values: dict[str, Any],
    message: str,
) -> None:
    response = web.post(PAGE, {"users": [managers[0].pk], "change": "open"} | values)
    assert response.status_code == 422
    assert message in response.content.decode()
    assert names_of(managers[0]) == []
