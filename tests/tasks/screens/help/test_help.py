"""«Справка»: the directory of account prefixes, the call scripts and the memo."""

from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from clients.models import BillingPrefix, Region, Service
from tasks.screens.help.memo import STEPS
from tasks.statuses import Status
from tests.support.cards import text_of
from tests.support.factories_clients import RegionFactory, ServiceFactory


@pytest.fixture
def directory(db: None) -> None:
    """Thirty regions, and a service with prefixes of its own."""
    Service.objects.all().delete()
    for number in range(30):
        RegionFactory(name=f"Область {number:02}", mrf="Центр", account_prefix=f"3{number:02}")
    RegionFactory(name="Карелия", mrf="Северо-Запад", account_prefix="212")
    RegionFactory(name="Закрытый край", mrf="Центр", account_prefix="999", active=False)
    ServiceFactory(code="internet", name="Интернет", account_rule="region")
    ServiceFactory(code="mobile", name="Мобильная связь", account_rule="billing:BIS Урал")
    BillingPrefix.objects.create(
        billing_system="BIS Урал", service="Мобильная связь", account_prefix="596"
    )


def find(web: Client, query: str) -> list[str]:
    response = web.get("/help/prefixes/", {"q": query})
    return [row.prefix for row in response.context["page"].rows]


@pytest.mark.parametrize(
    ("query", "prefixes"),
    [
        ("карелия", ["212"]),
        ("Rfhtkbz", ["212"]),  # the other keyboard layout
        ("запад 212", ["212"]),
        ("212345678901", ["212"]),
        ("ЛС 596", ["596"]),
        # The name of a service is not a property of the regions that exclude it.
        ("мобильная", ["596"]),
        ("закрытый", []),
        ("999", []),
    ],
)
def test_prefixes_are_found(directory: None, web: Client, query: str, prefixes: list[str]) -> None:
    assert find(web, query) == prefixes


def test_prefixes_have_pages_and_say_which_services_they_are_for(
    directory: None, web: Client
) -> None:
    first = web.get("/help/prefixes/")
    assert len(first.context["page"].rows) == 25
    assert "1–25 из 32" in text_of(first)
    assert "Все услуги, кроме: «Мобильная связь»" in text_of(first)
    second = web.get("/help/prefixes/?page=2")
    assert [row.prefix for row in second.context["page"].rows][-1] == "596"
    assert "«Мобильная связь» (АСР BIS Урал)" in text_of(second)
    assert Region.objects.filter(active=True).count() + 1 == 32


def test_the_scripts_of_all_statuses_are_shown(web: Client) -> None:
    page = text_of(web.get("/help/scripts/"))
    for status in Status:
        assert str(status.label) in page


def test_the_memo_has_its_pictures_and_the_addresses_of_support(
    web: Client, settings: Settings
) -> None:
    names: dict[str, Any] = {"ACCESS": "access", "SUPPORT": "support", "ERROR": "error"}
    settings.HELPME_URLS = {key: f"https://helpme.example/{name}" for key, name in names.items()}
    settings.ACCESS_TEMPLATE_URL = ""
    page = web.get("/help/memo/").content.decode()
    assert page.count('class="picture"') == len(STEPS)
    for name in names.values():
        assert f'href="https://helpme.example/{name}"' in page
    assert "шаблон доступа" not in page
