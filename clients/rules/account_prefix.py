"""The first check of «Лицевой счет»: its prefix (docs/rules.md#account-prefix).

A service allows the prefix of the region, or those of its billing system («Мобильная связь» and
«Номер 8-800»). With several services, a prefix that any of them allows passes. Without services
only the region's own passes.
"""

from collections.abc import Iterable

from clients.models import BillingPrefix, Region, Service
from clients.models.formats import ACCOUNT_LENGTH, ACCOUNT_MESSAGE

PREFIX_LENGTH = 3
NO_REGION_MESSAGE = "Выберите регион инсталляции"
WRONG_PREFIX_MESSAGE = "Некорректно указан код лицевого счета"


def find_allowed_prefixes(
    region: Region,
    services: Iterable[Service],
    billing_prefixes: Iterable[BillingPrefix] | None = None,
) -> frozenset[str]:
    """The three-digit prefixes that accounts of ``services`` in ``region`` can have.

    Without ``billing_prefixes`` they are read from the database if a service needs them (one
    query). Empty when the directory has no prefix for the services.
    """
    # None stands for the region's own prefix.
    systems = {service.billing_system for service in services} or {None}
    billing_systems = {system for system in systems if system is not None}
    prefixes = {region.account_prefix} if None in systems else set()
    if billing_systems:
        rows = BillingPrefix.objects.all() if billing_prefixes is None else billing_prefixes
        prefixes |= {
            row.account_prefix
            for row in rows
            if row.billing_system in billing_systems and row.mrf in {"", region.mrf}
        }
    return frozenset(prefixes)


def check_account_number(
    number: str,
    region: Region | None,
    services: Iterable[Service],
    billing_prefixes: Iterable[BillingPrefix] | None = None,
) -> str | None:
    """The message for the user, None for a correct number.

    ``number`` has the digits typed so far: the prefix is checked from the first one, the length
    last. ``billing_prefixes`` as in `find_allowed_prefixes`.
    """
    if region is None:
        return NO_REGION_MESSAGE
    prefix = number[:PREFIX_LENGTH]
    allowed = find_allowed_prefixes(region, services, billing_prefixes)
    if prefix and not any(item.startswith(prefix) for item in allowed):
        return WRONG_PREFIX_MESSAGE
    if len(number) != ACCOUNT_LENGTH or not (number.isascii() and number.isdigit()):
        return ACCOUNT_MESSAGE
    return None
