"""Organisations of CDI and personal accounts of ЕИП."""

import pytest

from tests.support.sandbox import (
    BANKRUPT,
    LIQUIDATED,
    LIQUIDATING,
    PETROV,
    ROMASHKA,
    TOO_YOUNG,
    Sandbox,
)


def search(sandbox: Sandbox, text: str, limit: int = 50) -> list[str]:
    items = sandbox.get("/cdi/v1/organisations", q=text, limit=limit).json()["items"]
    return [item["inn"] for item in items]


@pytest.mark.parametrize(
    "text",
    [
        "Ромашка",
        "ромаш",
        "ООО «РОМАШКА»",
        'ооо "ромашка"',
        "омашк",
        ROMASHKA,
        "77010011",
        "1157746001104",
    ],
)
def test_any_part_of_name_inn_or_ogrn_finds_the_organisation(sandbox: Sandbox, text: str) -> None:
    assert ROMASHKA in search(sandbox, text)


def test_yo_and_ye_are_the_same_letter(sandbox: Sandbox) -> None:
    assert search(sandbox, "чёрный") == search(sandbox, "черный") != []


def test_all_words_must_match(sandbox: Sandbox) -> None:
    assert search(sandbox, "Петров Петр Петрович") == [PETROV]
    assert search(sandbox, "Ромашка Лотос") == []


@pytest.mark.parametrize("text", ["", "р", "%%", "__", "\x00"])
def test_a_query_that_is_too_short_finds_nothing(sandbox: Sandbox, text: str) -> None:
    assert search(sandbox, text) == []


def test_names_that_start_with_the_query_come_first(sandbox: Sandbox) -> None:
    items = sandbox.get("/cdi/v1/organisations", q="строй", limit=20).json()["items"]
    assert len(items) == 20
    assert items[0]["short_name"] == "АО «Стройтрест»"


@pytest.mark.parametrize(
    ("inn", "state"),
    [(LIQUIDATED, "liquidated"), (LIQUIDATING, "liquidating"), (BANKRUPT, "bankrupt")],
)
def test_the_state_of_an_organisation_is_returned(sandbox: Sandbox, inn: str, state: str) -> None:
    assert sandbox.get(f"/cdi/v1/organisations/{inn}").json()["state"] == state


def test_an_organisation_appears_14_days_after_registration(sandbox: Sandbox) -> None:
    assert sandbox.get(f"/cdi/v1/organisations/{TOO_YOUNG}").status_code == 404
    sandbox.clock(advance_seconds=12 * 86400)
    assert sandbox.get(f"/cdi/v1/organisations/{TOO_YOUNG}").json()["inn"] == TOO_YOUNG


def test_our_own_organisation_is_not_in_cdi(sandbox: Sandbox) -> None:
    assert search(sandbox, "Ростелеком") == []


@pytest.mark.parametrize(
    ("account", "inn", "exists"),
    [
        ("850770100110", ROMASHKA, True),
        ("300770100110", ROMASHKA, True),
        ("850770100111", ROMASHKA, False),
        ("850500100732", PETROV, True),
    ],
)
def test_an_account_belongs_to_the_inn_that_it_ends_with(
    sandbox: Sandbox, account: str, inn: str, exists: bool
) -> None:
    assert sandbox.get(f"/eip/v1/accounts/{account}", inn=inn).json() == {"found": exists}


def test_an_account_added_by_hand_can_become_visible_later(sandbox: Sandbox) -> None:
    sandbox.account("850000000001", ROMASHKA, visible_in_minutes=60)
    path = "/eip/v1/accounts/850000000001"
    assert sandbox.get(path, inn=ROMASHKA).json() == {"found": False}
    sandbox.clock(advance_seconds=3601)
    assert sandbox.get(path, inn=ROMASHKA).json() == {"found": True}


@pytest.mark.parametrize(
    "account", ["85077010011", "8507701001100", "85077010011x", "٨٥٠٧٧٠١٠٠١١٠"]
)
def test_a_malformed_account_is_refused(sandbox: Sandbox, account: str) -> None:
    assert sandbox.get(f"/eip/v1/accounts/{account}", inn=ROMASHKA).status_code == 400
