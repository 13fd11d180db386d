"""The first check of «Лицевой счет»: its prefix (manual, 4.2, first stage).

For every service but two the first three digits are the region's; «Мобильная связь» and
«Номер 8-800» take theirs from the billing systems' directory. A prefix allowed for any chosen
service passes; with no service chosen the region's own does.
"""

from collections.abc import Iterable

from clients.models import BillingPrefix, Region, Service
from clients.models.values import ACCOUNT_LENGTH, ACCOUNT_MESSAGE

PREFIX_LENGTH = 3
NO_REGION_MESSAGE = "Выберите регион инсталляции"
WRONG_PREFIX_MESSAGE = "Некорректно указан код лицевого счета"


def allowed_prefixes(
    region: Region,
    services: Iterable[Service],
    directory: Iterable[BillingPrefix] | None = None,
) -> frozenset[str]:
    """Three-digit beginnings that an account of ``services`` in ``region`` may have.

    Without ``directory`` the billing prefixes are read from the database, and only when a
    chosen service needs them (one query). Empty when the directory knows none.
    """
    systems = {service.billing_system for service in services} or {None}
    billings = {system for system in systems if system is not None}
    prefixes = {region.account_prefix} if None in systems else set()
    if billings:
        rows = BillingPrefix.objects.all() if directory is None else directory
        prefixes |= {row.account_prefix for row in rows if _serves(row, billings, region)}
    return frozenset(prefixes)


def check_prefix(
    number: str,
    region: Region | None,
    services: Iterable[Service],
    directory: Iterable[BillingPrefix] | None = None,
) -> str | None:
    """What is wrong with ``number`` (digits typed so far), in the manual's words; None: nothing.

    The region is asked for first, then the prefix is judged as it is typed, then the length.
    """
    if region is None:
        return NO_REGION_MESSAGE
    allowed = allowed_prefixes(region, services, directory)
    typed = number[:PREFIX_LENGTH]
    if typed and not any(prefix.startswith(typed) for prefix in allowed):
        return WRONG_PREFIX_MESSAGE
    if len(number) != ACCOUNT_LENGTH or not (number.isascii() and number.isdigit()):
        return ACCOUNT_MESSAGE
    return None


def _serves(row: BillingPrefix, billings: set[str], region: Region) -> bool:
    """Whether the row is of one of ``billings``, for this macro-region or for all of them."""
    return row.billing_system in billings and row.mrf in {"", region.mrf}
