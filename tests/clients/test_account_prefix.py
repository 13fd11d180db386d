"""The manual, 4.2: «На первом этапе, проверка введенного номера ЛС производится по правилам…»"""

import csv
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from clients.models import BillingPrefix, Region, Service
from clients.rules.account_prefix import allowed_prefixes, check_account_number
from tests.support.factories_clients import (
    BillingPrefixFactory,
    RegionFactory,
    ServiceFactory,
)
from tests.support.paths import ROOT

DATA = ROOT / "clients" / "data"
WRONG = "Некорректно указан код лицевого счета"
SHORT = "Лицевой счет должен состоять из 12 цифр"
BILLED = {"toll_free": "BFN", "mobile": "BIS Урал"}


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
chosen = st.lists(st.sampled_from(SERVICES), unique_by=lambda service: service.code)
numbers = st.text(alphabet="0123456789", max_size=12)


def expected(region: Region, services: list[Service]) -> set[str]:
    """The rule said once more, service by service, without looking at the code."""
    prefixes = set()
    for service in services:
        if service.code == "mobile":
            prefixes.add("596")
        elif service.code == "toll_free":
            prefixes.add(MACRO_PREFIXES[region.mrf])
        else:
            prefixes.add(region.account_prefix)
    return prefixes or {region.account_prefix}


@given(regions, chosen)
def test_the_rule_over_all_regions_and_any_services(region: Region, services: list) -> None:
    assert allowed_prefixes(region, services, DIRECTORY) == expected(region, services)


def test_the_rule_over_every_region_and_every_pair_of_services() -> None:
    for region in REGIONS:
        for pair in combinations(SERVICES, 2):
            assert allowed_prefixes(region, pair, DIRECTORY) == expected(region, list(pair))


@given(regions, chosen, st.text(alphabet="0123456789", min_size=9, max_size=9))
def test_a_number_with_an_allowed_prefix_passes(region: Region, services: list, rest: str) -> None:
    for prefix in allowed_prefixes(region, services, DIRECTORY):
        assert check_account_number(prefix + rest, region, services, DIRECTORY) is None


@given(regions, chosen, numbers)
def test_any_digits_get_the_right_word(region: Region, services: list, number: str) -> None:
    allowed = expected(region, services)
    said = check_account_number(number, region, services, DIRECTORY)
    if not any(prefix[: len(number)] == number[:3] for prefix in allowed):
        assert said == WRONG
    elif len(number) < 12:
        assert said == SHORT
    else:
        assert said is None


@given(regions, chosen)
def test_no_service_more_ever_makes_a_good_number_bad(region: Region, services: list) -> None:
    before = allowed_prefixes(region, services, DIRECTORY)
    for extra in SERVICES if services else []:
        assert before <= allowed_prefixes(region, [*services, extra], DIRECTORY)


def test_without_a_region_the_region_is_asked_for() -> None:
    assert check_account_number("850", None, [], DIRECTORY) == "Выберите регион инсталляции"


@pytest.mark.parametrize(
    ("region", "prefix"),
    [
        ("Ненецкий автономный округ", "229"),
        ("Москва и Московская область", "850"),
        ("Чеченская Республика", "426"),
        ("Республика Крым", "423"),
        ("г. Севастополь", "423"),
    ],
)
def test_the_prefixes_that_the_manual_names(region: str, prefix: str) -> None:
    found = next(item for item in REGIONS if item.name == region)
    assert allowed_prefixes(found, [], DIRECTORY) == {prefix}


def test_a_wrong_beginning_is_said_before_the_number_is_whole() -> None:
    moscow = Region(account_prefix="850", mrf="Центр")
    assert check_account_number("8", moscow, [], []) == SHORT
    assert check_account_number("86", moscow, [], []) == WRONG


def test_what_is_not_digits_is_never_a_number() -> None:
    moscow = Region(account_prefix="850", mrf="Центр")
    assert check_account_number("850" + "а" * 9, moscow, [], []) == SHORT
    assert check_account_number("850" + "٣" * 9, moscow, [], []) == SHORT


def test_a_service_whose_billing_has_no_prefix_here_allows_none() -> None:
    moscow = Region(account_prefix="850", mrf="Центр")
    toll_free = Service(code="toll_free", account_rule="billing:BFN")
    assert check_account_number("850000000000", moscow, [toll_free], []) == WRONG


@pytest.mark.django_db
def test_the_directory_in_the_database_is_read_when_none_is_given(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    region = RegionFactory.create()
    BillingPrefixFactory.create()
    mobile = ServiceFactory.create(code="mobile", account_rule="billing:BIS Урал")
    with django_assert_num_queries(1):
        assert allowed_prefixes(region, [mobile]) == {"596"}
    with django_assert_num_queries(0):
        assert allowed_prefixes(region, [ServiceFactory.build()]) == {"850"}
