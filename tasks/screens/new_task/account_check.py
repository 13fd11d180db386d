"""«Проверка ЛС»: does the account belong to the client (docs/rules.md#account-check)."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from clients.gateways.eip import eip
from clients.models import Region, Service
from econtract.platform.common.errors import OutsideError
from econtract.platform.common.formatting import format_datetime
from tasks.models import Draft

NOT_FOUND = (
    "ЛС не найден у клиента с этим ИНН. Если ЛС создан менее 60 минут назад, повторите проверку "
    "позже. Если ЛС создан давно, оформите заявку в техническую поддержку"
)
EIP_UNAVAILABLE = "ЕИП не отвечает. Подписание начнется после успешной проверки"
CHECK_AGAIN = "Требуется повторная проверка"
# Lines of «До создания осталось»: the task can be created, but it will not be signed.
WARNINGS = {
    "": "Проверьте ЛС: без проверки подписание не начнется",
    "action": "Проверьте ЛС: без проверки подписание не начнется",
    "error": "ЛС не найден у клиента: подписание не начнется",
    "done": "",
}
NO_CLIENT = "Сначала выберите клиента: ЛС проверяется по его ИНН"

AccountOutcome = Draft.AccountOutcome


@dataclass(frozen=True)
class AccountStatus:
    """The line under the field. ``kind``: done, error, action, or "" for no line."""

    kind: str = ""
    text: str = ""


def build_check_input(
    account: str, inn: str, region: Region | None, services: Iterable[Service]
) -> list[str]:
    """What a check depends on. `Draft.account_checked_for` stores it: a change voids the check."""
    codes = sorted(service.code for service in services)
    return [account, inn, str(region.pk) if region else "", *codes]


def query_account(account: str, inn: str) -> AccountOutcome:
    """Ask ЕИП whether ``account`` belongs to the client with ``inn``. Never raises."""
    try:
        belongs = eip().account_belongs(account, inn, timeout=settings.OUTSIDE_PAGE_SECONDS)
    except OutsideError:
        return AccountOutcome.UNAVAILABLE
    return AccountOutcome.FOUND if belongs else AccountOutcome.NOT_FOUND


def build_account_status(draft: Draft, check_input: list[str]) -> AccountStatus:
    """The result of the last check; ``check_input`` is that of the form as it is now."""
    if not draft.account_outcome or draft.account_checked_at is None:
        return AccountStatus()
    if draft.account_checked_for != check_input:
        return AccountStatus("action", CHECK_AGAIN)
    match AccountOutcome(draft.account_outcome):
        case AccountOutcome.FOUND:
            return AccountStatus("done", f"ЛС проверен {format_datetime(draft.account_checked_at)}")
        case AccountOutcome.NOT_FOUND:
            return AccountStatus("error", NOT_FOUND)
        case _:
            return AccountStatus("action", EIP_UNAVAILABLE)
