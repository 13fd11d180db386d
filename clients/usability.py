"""Why no task can be made with a client (manual, chapter 4, causes 2 and 3)."""

from datetime import date, timedelta
from typing import Protocol

from django.utils import timezone

from clients.models import Client
from econtract.platform.common import clock

YOUNGEST = timedelta(days=14)
LIQUIDATED = "Клиент ликвидирован"
BANKRUPT = "Клиент признан банкротом"
TOO_YOUNG = "Клиент зарегистрирован менее 14 дней назад, данных в CDI еще нет"
NOT_FOUND = "Клиент не найден. Данные о зарегистрированных менее 14 дней назад еще не поступили"


class Registered(Protocol):
    """What is asked of a client's card or of a CDI answer: both have it."""

    @property
    def state(self) -> str: ...

    @property
    def registered_on(self) -> date | None: ...


def why_unusable(client: Registered) -> str | None:
    """The reason in the user's words, None when tasks can be made. Judged as of today."""
    if client.state == Client.State.LIQUIDATED:
        return LIQUIDATED
    if client.state == Client.State.BANKRUPT:
        return BANKRUPT
    today = timezone.localdate(clock.now())
    if client.registered_on and today - client.registered_on < YOUNGEST:
        return TOO_YOUNG
    return None


def field_message(reason: str) -> str:
    """``reason`` as it is said at the form's client field."""
    return f"{reason}. Создать задание нельзя"
