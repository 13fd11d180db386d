"""When a client may be written to without having asked: by day, in the time zone of their region.

A mobile number does not tell the zone: people keep it when they move.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from clients.messages.errors import QuietHours
from econtract.platform.common import clock
from econtract.platform.common.moscow_time import MOSCOW

# The directory's regions outside Moscow time. A region with several zones has that of its centre.
_REGIONS_BY_ZONE = {
    "Europe/Kaliningrad": ["Калининградская область"],
    "Europe/Astrakhan": ["Астраханская область"],
    "Europe/Samara": ["Самарская область", "Удмуртская Республика"],
    "Europe/Saratov": ["Саратовская область"],
    "Europe/Ulyanovsk": ["Ульяновская область"],
    "Asia/Yekaterinburg": [
        "Курганская область",
        "Оренбургская область",
        "Пермский край",
        "Республика Башкортостан",
        "Свердловская область",
        "Тюменская область",
        "Ханты-Мансийский автономный округ — Югра",
        "Челябинская область",
        "Ямало-Ненецкий автономный округ",
    ],
    "Asia/Omsk": ["Омская область"],
    "Asia/Barnaul": ["Алтайский край", "Республика Алтай"],
    "Asia/Krasnoyarsk": ["Красноярский край", "Республика Тыва", "Республика Хакасия"],
    "Asia/Novokuznetsk": ["Кемеровская область — Кузбасс"],
    "Asia/Novosibirsk": ["Новосибирская область"],
    "Asia/Tomsk": ["Томская область"],
    "Asia/Irkutsk": ["Иркутская область", "Республика Бурятия"],
    "Asia/Chita": ["Забайкальский край"],
    "Asia/Yakutsk": ["Амурская область", "Республика Саха (Якутия)"],
    "Asia/Vladivostok": [
        "Еврейская автономная область",
        "Приморский край",
        "Хабаровский край",
    ],
    "Asia/Magadan": ["Магаданская область"],
    "Asia/Sakhalin": ["Сахалинская область"],
    "Asia/Anadyr": ["Чукотский автономный округ"],
    "Asia/Kamchatka": ["Камчатский край"],
}
_ZONES = {region: zone for zone, regions in _REGIONS_BY_ZONE.items() for region in regions}


def find_zone(region: str) -> ZoneInfo:
    """The time zone of a region of the directory; Moscow's for an unknown one."""
    return ZoneInfo(_ZONES[region]) if region in _ZONES else MOSCOW


def find_allowed_time(moment: datetime, zone: ZoneInfo) -> datetime:
    """The earliest time from ``moment`` on at which it is day in ``zone``."""
    start, end = settings.MESSAGES_FROM_HOUR, settings.MESSAGES_TO_HOUR
    local = moment.astimezone(zone)
    if start <= local.hour < end:
        return moment
    morning = local.replace(hour=start, minute=0, second=0, microsecond=0)
    return morning if local.hour < start else morning + timedelta(days=1)


def check_quiet_hours(region: str) -> None:
    """Raises QuietHours while it is night in ``region``."""
    now = clock.now()
    allowed_at = find_allowed_time(now, find_zone(region))
    if allowed_at > now:
        raise QuietHours(allowed_at)
