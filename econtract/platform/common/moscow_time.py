"""Dates and times in evidence (protocol, stamps, verification): Moscow time, with the zone.

The module needs no Django: the command-line verification uses it, too.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

MOSCOW = ZoneInfo("Europe/Moscow")


def format_timestamp(moment: datetime) -> str:
    """An aware datetime as «21.11.2025 14:32:05 (GMT+03:00)»."""
    local = moment.astimezone(MOSCOW)
    offset = local.strftime("%z")
    return f"{local:%d.%m.%Y %H:%M:%S} (GMT{offset[:3]}:{offset[3:]})"


def format_date(at: date | datetime) -> str:
    """A date, or the Moscow date of an aware datetime, as «21.11.2025»."""
    if isinstance(at, datetime):
        at = at.astimezone(MOSCOW)
    return f"{at:%d.%m.%Y}"
