"""Moments as evidence shows them: Moscow time, with the zone said."""

from datetime import datetime
from zoneinfo import ZoneInfo

MOSCOW = ZoneInfo("Europe/Moscow")


def format_moment(moment: datetime) -> str:
    """«21.11.2025 14:32:05 (GMT+03:00)» of an aware moment."""
    local = moment.astimezone(MOSCOW)
    offset = local.strftime("%z")
    return f"{local:%d.%m.%Y %H:%M:%S} (GMT{offset[:3]}:{offset[3:]})"


def format_date(moment: datetime) -> str:
    """«21.11.2025»: the day in Moscow of an aware moment."""
    return f"{moment.astimezone(MOSCOW):%d.%m.%Y}"
