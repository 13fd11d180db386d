"""How moments, lengths of time, sizes and numbers are written in the Russian interface.

Moments are aware and shown in the time zone that is active (`accounts.middleware`).
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from econtract.platform.common import clock

MOSCOW = ZoneInfo("Europe/Moscow")


def moment(at: datetime) -> str:
    """«21.11.2025 14:32»."""
    return timezone.localtime(at).strftime("%d.%m.%Y %H:%M")


def zoned(at: datetime) -> str:
    """«21.11.2025 14:32 МСК+2»: for what may be compared with papers of other regions."""
    return f"{moment(at)} {zone_name(timezone.localtime(at))}"


def zone_name(at: datetime) -> str:
    """The zone of ``at`` as Russian timetables write it: «МСК», «МСК+2», «МСК-1»."""
    own, moscow = at.utcoffset(), at.astimezone(MOSCOW).utcoffset()
    if own is None or moscow is None:
        raise ValueError("A moment without a zone.")
    hours = (own - moscow).total_seconds() / 3600
    return f"МСК{hours:+g}" if hours else "МСК"


def clock_time(at: datetime) -> str:
    """«14:32»."""
    return timezone.localtime(at).strftime("%H:%M")


def due(at: datetime) -> str:
    """«в 14:32», and of another day than today «22.11.2026 в 14:32»."""
    day, today = timezone.localdate(at), timezone.localdate(clock.now())
    date = "" if day == today else f"{day:%d.%m.%Y} "
    return f"{date}в {clock_time(at)}"


def ago(at: datetime) -> str:
    """How long ago, as the list says it: «сейчас», «2 мин», «3 ч», «вчера», «19.11.2025»."""
    now = clock.now()
    passed = now - at
    if passed < timedelta(minutes=1):
        return "сейчас"
    if passed < timedelta(hours=1):
        return f"{passed.seconds // 60} мин"
    day, today = timezone.localtime(at).date(), timezone.localtime(now).date()
    if day == today:
        return f"{passed.seconds // 3600} ч"
    if (today - day).days == 1:
        return "вчера"
    return day.strftime("%d.%m.%Y")


def lasting(span: timedelta) -> str:
    """A length of time in its two largest units: «40 с», «7 мин 40 с», «2 ч 5 мин», «3 дн 4 ч»."""
    seconds = max(int(span.total_seconds()), 0)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    units = [(days, "дн"), (hours, "ч"), (minutes, "мин"), (seconds, "с")]
    first = next((at for at, (value, _) in enumerate(units) if value), len(units) - 1)
    return " ".join(f"{value} {unit}" for value, unit in units[first : first + 2] if value) or "0 с"


def running(span: timedelta) -> str:
    """A time that goes on, to the minute: «меньше минуты», «14 мин», «2 дн 3 ч».

    With seconds the page would have to change every second.
    """
    minutes = span // timedelta(minutes=1)
    return lasting(timedelta(minutes=minutes)) if minutes > 0 else "меньше минуты"


def file_size(size: int) -> str:
    """«60 КБ», «1,2 МБ»."""
    if size < 1024 * 1024:
        return f"{max(size // 1024, 1)} КБ"
    return f"{size / 1024 / 1024:.1f} МБ".replace(".", ",")


def plural(number: int, one: str, few: str, many: str) -> str:
    """The form of a Russian noun after ``number``: 1 задание, 2 задания, 5 заданий."""
    if number % 10 == 1 and number % 100 != 11:
        return one
    if number % 10 in {2, 3, 4} and number % 100 not in {12, 13, 14}:
        return few
    return many


def thousands(number: int) -> str:
    """«12 345» with an unbreakable space."""
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")
