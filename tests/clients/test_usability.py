"""Clients that tasks cannot be created with (docs/rules.md#unusable-clients)."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from clients.models import Client
from clients.rules.usability import check_usable, field_message, find_warning
from clients.screens.presentation import state_badge
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
def test_liquidated_and_bankrupt_clients_are_unusable(state: str, reason: str | None) -> None:
    assert check_usable(ClientFactory.build(state=Client.State(state))) == reason


@pytest.mark.parametrize(("days", "is_usable"), [(0, False), (13, False), (14, True), (400, True)])
def test_a_client_younger_than_14_days_is_unusable(days: int, is_usable: bool) -> None:
    registered_on = timezone.localdate(clock.now()) - timedelta(days=days)
    reason = check_usable(ClientFactory.build(registered_on=registered_on))
    message = "Клиент зарегистрирован менее 14 дней назад, данных в CDI еще нет"
    assert reason == (None if is_usable else message)


def test_a_client_without_a_registration_date_is_usable() -> None:
    assert check_usable(ClientFactory.build(registered_on=None)) is None


def test_only_a_client_in_liquidation_is_a_warning() -> None:
    warnings = {state: find_warning(ClientFactory.build(state=state)) for state in Client.State}
    assert warnings.pop(Client.State.LIQUIDATING) == "Клиент в процессе ликвидации"
    assert set(warnings.values()) == {""}


@pytest.mark.parametrize(
    ("days", "kind", "label"),
    [
        (0, "system", "Зарегистрирован сегодня"),
        (3, "system", "Зарегистрирован 3 дня назад"),
        (14, "done", "Действует"),
    ],
)
def test_a_young_client_shows_the_age_and_not_a_green_state(
    days: int, kind: str, label: str
) -> None:
    registered_on = timezone.localdate(clock.now()) - timedelta(days=days)
    badge = state_badge(ClientFactory.build(registered_on=registered_on))
    assert (badge.kind, badge.label) == (kind, label)


def test_message_of_the_client_field() -> None:
    reason = check_usable(ClientFactory.build(state="bankrupt", registered_on=date(2015, 1, 1)))
    assert reason is not None
    assert field_message(reason) == "Клиент признан банкротом. Создать задание нельзя"
