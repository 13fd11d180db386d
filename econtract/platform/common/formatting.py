"""Dates, durations, sizes and numbers as the Russian interface shows them.

Datetimes are aware, and are shown in the active time zone (`accounts.middleware`). Evidence has
its own formats, in Moscow time: `moscow_time`.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from econtract.platform.common import clock
from econtract.platform.common.text import pluralize as pluralize

MOSCOW = ZoneInfo("Europe/Moscow")


def format_datetime(at: datetime) -> str:
    """«21.11.2025 14:32»."""
    return timezone.localtime(at).strftime("%d.%m.%Y %H:%M")


def format_with_zone(at: datetime) -> str:
    """«21.11.2025 14:32 МСК+2»: where readers in different regions compare times."""
    return f"{format_datetime(at)} {zone_name(timezone.localtime(at))}"


def format_with_seconds(at: datetime) -> str:
    """«21.11.2025 14:32:07 МСК+2»: where readers compare events of the same minute."""
    local = timezone.localtime(at)
    return f"{local:%d.%m.%Y %H:%M:%S} {zone_name(local)}"


def zone_name(at: datetime) -> str:
    """The zone of ``at`` as Russian timetables write it: «МСК», «МСК+2», «МСК-1».

    Raises ValueError for a naive datetime.
    """
    own, moscow = at.utcoffset(), at.astimezone(MOSCOW).utcoffset()
    if own is None or moscow is None:
        raise ValueError("A datetime without a zone.")
    hours = (own - moscow).total_seconds() / 3600
    return f"МСК{hours:+g}" if hours else "МСК"


def format_time(at: datetime) -> str:
    """«14:32»."""
    return timezone.localtime(at).strftime("%H:%M")


def format_due_time(at: datetime) -> str:
    """«в 14:32», or «22.11.2026 в 14:32» when it is not today."""
    day, today = timezone.localdate(at), timezone.localdate(clock.now())
    date = "" if day == today else f"{day:%d.%m.%Y} "
    return f"{date}в {format_time(at)}"


def format_age(at: datetime) -> str:
    """How long ago, for the lists: «сейчас», «2 мин», «3 ч», «вчера», «19.11.2025»."""
    now = clock.now()
    age = now - at
    if age < timedelta(minutes=1):
        return "сейчас"
    if age < timedelta(hours=1):
        return f"{age.seconds // 60} мин"
    day, today = timezone.localtime(at).date(), timezone.localtime(now).date()
    if day == today:
        return f"{age.seconds // 3600} ч"
    if (today - day).days == 1:
        return "вчера"
    return day.strftime("%d.%m.%Y")


def format_duration(span: timedelta) -> str:
    """In the two largest units: «40 с», «7 мин 40 с», «2 ч 5 мин», «3 дн 4 ч»."""
    seconds = max(int(span.total_seconds()), 0)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    units = [(days, "дн"), (hours, "ч"), (minutes, "мин"), (seconds, "с")]
    first = next((i for i, (value, _) in enumerate(units) if value), len(units) - 1)
    return " ".join(f"{value} {unit}" for value, unit in units[first : first + 2] if value) or "0 с"


def format_running_time(span: timedelta) -> str:
    """A duration that still grows, in minutes: «меньше минуты», «14 мин», «2 дн 3 ч».

    With seconds the page would change at every poll.
    """
    minutes = span // timedelta(minutes=1)
    return format_duration(timedelta(minutes=minutes)) if minutes > 0 else "меньше минуты"


def format_file_size(size: int) -> str:
    """«60 КБ», «1,2 МБ»."""
    if size < 1024 * 1024:
        return f"{max(size // 1024, 1)} КБ"
    return f"{size / 1024 / 1024:.1f} МБ".replace(".", ",")


def format_number(number: int) -> str:
    """«12 345» with a no-break space."""
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")


def format_share(part: int, total: int) -> str:
    """«3,4 %»; «–» of nothing."""
    if not total:
        return "–"
    share = f"{100 * part / total:.1f}".removesuffix(".0").replace(".", ",")
    return f"{share}\N{NO-BREAK SPACE}%"
