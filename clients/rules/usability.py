"""Clients that get no tasks, or only approved ones (docs/rules.md#unusable-clients)."""

from datetime import date, timedelta
from typing import Protocol

from django.utils import timezone

from clients.models import Client
from econtract.platform.common import clock

# A younger client is not in CDI yet.
MIN_AGE = timedelta(days=14)
LIQUIDATED = "Клиент ликвидирован"
BANKRUPT = "Клиент признан банкротом"
TOO_RECENT = "Клиент зарегистрирован менее 14 дней назад, данных в CDI еще нет"
IN_LIQUIDATION = "Клиент в процессе ликвидации"
NOT_FOUND = "Клиент не найден. Данные о зарегистрированных менее 14 дней назад еще не поступили"


class RegistrationData(Protocol):
    """What `Client` and the CDI's `Organisation` have in common."""

    @property
    def state(self) -> str: ...

    @property
    def registered_on(self) -> date | None: ...


def check_usable(client: RegistrationData) -> str | None:
    """Why no task can be created with the client today, for the user; None if one can."""
    if client.state == Client.State.LIQUIDATED:
        return LIQUIDATED
    if client.state == Client.State.BANKRUPT:
        return BANKRUPT
    return TOO_RECENT if find_recent_age(client) is not None else None


def find_warning(client: RegistrationData) -> str:
    """Why a task with the client, who is usable, needs an approval; "" if it needs none."""
    return IN_LIQUIDATION if client.state == Client.State.LIQUIDATING else ""


def find_recent_age(client: RegistrationData) -> timedelta | None:
    """The client's age if they are too young for a task; else None."""
    if client.registered_on is None:
        return None
    age = timezone.localdate(clock.now()) - client.registered_on
    return age if age < MIN_AGE else None


def field_message(reason: str) -> str:
    """``reason`` as the client field of the new-task form shows it."""
    return f"{reason}. Создать задание нельзя"
