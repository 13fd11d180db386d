"""Requests to technical support from the form (docs/rules.md#support-requests)."""

from accounts.models import User
from accounts.support import HelpMeService, SupportRequest
from econtract.platform.common import clock
from econtract.platform.common.formatting import format_with_zone


def build_regions_request(user: User) -> SupportRequest:
    """For a manager who has a role and no region to choose."""
    lines = (
        "Прошу открыть регионы инсталляции для роли «Менеджер E-Contract».",
        f"Логин: {user.username}",
        "Регионы инсталляции: ",
    )
    return SupportRequest(HelpMeService.SUPPORT, lines)


def build_error_request(user: User, *, kind_label: str) -> SupportRequest:
    """For a user whose form is complete but does not create a task."""
    lines = (
        f"Не создается задание «{kind_label}».",
        f"Логин: {user.username}",
        f"Время: {format_with_zone(clock.now())}",
        "Что происходит: ",
    )
    return SupportRequest(HelpMeService.ERROR, lines)
