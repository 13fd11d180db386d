"""The manual, chapter 4, on a «Создать задание» that does not light up: causes 2 and 3."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from clients.models import Client
from clients.rules.usability import check_usable, field_message
from econtract.platform.common import clock
from tests.support.factories_clients import ClientFactory


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("active", None),
        ("liquidating", None),
        ("liquidated", "Клиент ликвидирован"),
        ("bankrupt", "Клиент признан банкротом"),
    ],
)
def test_a_liquidated_or_bankrupt_client_gets_no_task(state: str, reason: str | None) -> None:
    assert check_usable(ClientFactory.build(state=Client.State(state))) == reason


@pytest.mark.parametrize(("days", "usable"), [(0, False), (13, False), (14, True), (400, True)])
def test_a_client_registered_less_than_14_days_ago_gets_no_task(days: int, usable: bool) -> None:
    registered_on = timezone.localdate(clock.now()) - timedelta(days=days)
    reason = check_usable(ClientFactory.build(registered_on=registered_on))
    said = "Клиент зарегистрирован менее 14 дней назад, данных в CDI еще нет"
    assert reason == (None if usable else said)


def test_an_unknown_day_of_registration_is_no_obstacle() -> None:
    assert check_usable(ClientFactory.build(registered_on=None)) is None


def test_the_reason_is_said_at_the_field() -> None:
    reason = check_usable(ClientFactory.build(state="bankrupt", registered_on=date(2015, 1, 1)))
    assert reason is not None
    assert field_message(reason) == "Клиент признан банкротом. Создать задание нельзя"
