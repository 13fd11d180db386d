"""The prefix of «Лицевой счет» (docs/rules.md#account-prefix)."""

import csv
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from clients.models import BillingPrefix, Region, Service
from clients.rules.account_prefix import check_account_number, find_allowed_prefixes
from tests.support.factories_clients import (
    BillingPrefixFactory,
    RegionFactory,
    ServiceFactory,
)
from tests.support.paths import ROOT

DATA = ROOT / "clients" / "data"
WRONG = "Некорректно указан код лицевого счета"
SHORT = "Лицевой счет должен состоять из 12 цифр"


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


REGIONS = [
    Region(name=row["region"], mrf=row["mrf"], account_prefix=row["account_prefix"])
    for row in rows("regions.csv")
]
SERVICES = [
    Service(code=row["code"], name=row["name"], account_rule=row["account_rule"])
    for row in rows("services.csv")
]
DIRECTORY = [BillingPrefix(**row) for row in rows("billing_prefixes.csv")]
MACRO_PREFIXES = {row.mrf: row.account_prefix for row in DIRECTORY if row.mrf}

regions = st.sampled_from(REGIONS)
service_lists = st.lists(st.sampled_from(SERVICES), unique_by=lambda service: service.code)
numbers = st.text(alphabet="0123456789", max_size=12)


def expect_prefixes(region: Region, services: list[Service]) -> set[str]:
    """A second implementation of the rule, service by service."""
    prefixes = set()
    for service in services:
        if service.code == "mobile":
            prefixes.add("596")
        elif service.code == "toll_free":
            prefixes.add(MACRO_PREFIXES[region.mrf])
        else:
            prefixes.add(region.account_prefix)
    return prefixes or {region.account_prefix}


@given(regions, service_lists)
def test_prefixes_for_any_region_and_services(region: Region, services: list) -> None:
    assert find_allowed_prefixes(region, services, DIRECTORY) == expect_prefixes(region, services)


def test_prefixes_for_every_region_and_pair_of_services() -> None:
    for region in REGIONS:
        for pair in combinations(SERVICES, 2):
            assert find_allowed_prefixes(region, pair, DIRECTORY) == expect_prefixes(
                region, list(pair)
            )


@given(regions, service_lists, st.text(alphabet="0123456789", min_size=9, max_size=9))
def test_a_number_with_an_allowed_prefix_passes(region: Region, services: list, rest: str) -> None:
    for prefix in find_allowed_prefixes(region, services, DIRECTORY):
        assert check_account_number(prefix + rest, region, services, DIRECTORY) is None


@given(regions, service_lists, numbers)
def test_any_digits_get_the_right_message(region: Region, services: list, number: str) -> None:
    allowed = expect_prefixes(region, services)
    message = check_account_number(number, region, services, DIRECTORY)
    if not any(prefix[: len(number)] == number[:3] for prefix in allowed):
        assert message == WRONG
    elif len(number) < 12:
        assert message == SHORT
    else:
        assert message is None


@given(regions, service_lists)
def test_another_service_never_invalidates_a_number(region: Region, services: list) -> None:
    before = find_allowed_prefixes(region, services, DIRECTORY)
    for extra in SERVICES if services else []:
        assert before <= find_allowed_prefixes(region, [*services, extra], DIRECTORY)


def test_without_a_region_the_message_asks_for_one() -> None:
    assert check_account_number("850", None, [], DIRECTORY) == "Выберите регион инсталляции"


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        ("Ненецкий автономный округ", "229"),
        ("Москва и Московская область", "850"),
        ("Чеченская Республика", "426"),
        ("Республика Крым", "423"),
        ("г. Севастополь", "423"),
    ],
)
def test_prefixes_of_known_regions(name: str, prefix: str) -> None:
    region = next(item for item in REGIONS if item.name == name)
    assert find_allowed_prefixes(region, [], DIRECTORY) == {prefix}


def test_a_wrong_prefix_is_reported_before_the_number_is_complete() -> None:
    moscow = Region(account_prefix="850", mrf="Центр")
    assert check_account_number("8", moscow, [], []) == SHORT
    assert check_account_number("86", moscow, [], []) == WRONG


def test_letters_and_non_ascii_digits_are_refused() -> None:
    moscow = Region(account_prefix="850", mrf="Центр")
    assert check_account_number("850" + "а" * 9, moscow, [], []) == SHORT
    assert check_account_number("850" + "٣" * 9, moscow, [], []) == SHORT


def test_a_billing_system_without_a_prefix_in_the_region_allows_none() -> None:
    moscow = Region(account_prefix="850", mrf="Центр")
    toll_free = Service(code="toll_free", account_rule="billing:BFN")
    assert check_account_number("850000000000", moscow, [toll_free], []) == WRONG


@pytest.mark.django_db
def test_prefixes_are_read_from_the_database_by_default(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    region = RegionFactory.create()
    BillingPrefixFactory.create()
    mobile = ServiceFactory.create(code="mobile", account_rule="billing:BIS Урал")
    with django_assert_num_queries(1):
        assert find_allowed_prefixes(region, [mobile]) == {"596"}
    with django_assert_num_queries(0):
        assert find_allowed_prefixes(region, [ServiceFactory.build()]) == {"850"}
