"""Requests to technical support, to paste into HelpMe (docs/rules.md#support-requests)."""

from accounts.access import SERVICE as ACCESS_SERVICE
from accounts.models import User
from econtract.platform.common import clock
from econtract.platform.common.formatting import format_with_zone

ERROR_SERVICE = "Е-Сontract - Техническая ошибка"


def build_regions_request(user: User) -> str:
    """For a manager without regions."""
    return (
        f"Услуга: {ACCESS_SERVICE}\n"
        "Прошу открыть регионы инсталляции для роли «Менеджер E-Contract».\n"
        f"Логин: {user.username}\n"
        "Регионы инсталляции: "
    )


def build_error_request(user: User, *, kind_label: str) -> str:
    """For a user whose form is complete but does not create a task."""
    return (
        f"Услуга: {ERROR_SERVICE}\n"
        f"Не создается задание «{kind_label}».\n"
        f"Логин: {user.username}\n"
        f"Время: {format_with_zone(clock.now())}\n"
        "Что происходит: "
    )
