"""Notifying administrators when packages do not get their time-stamps."""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, Min, OuterRef, QuerySet

from accounts.users import administrators
from archive.models import PackageTimestamp
from econtract.platform.common import clock
from econtract.platform.common.moscow_time import format_date
from econtract.platform.notifications.delivery import Event, notify
from tasks.notifications.kinds import TIMESTAMPS

log = logging.getLogger(__name__)

# A renewal is tried for so long before administrators hear of it, and then every week.
PATIENCE = timedelta(days=3)


@transaction.atomic
def notify_administrators() -> None:
    """Notify of packages whose stamp should have been renewed, at most once a week."""
    late = find_late_timestamps()
    ends_at = late.aggregate(first=Min("certificate_ends_at"))["first"]
    if ends_at is None:
        return
    count = late.count()
    log.error("time-stamps late packages=%d first_end=%s", count, ends_at.date())
    text = (
        f"Не обновлены штампы времени: пакетов {count}. Первый сертификат службы времени действует "
        f"до {format_date(ends_at)}. Проверьте TSP_URL и «Внешние вызовы»."
    )
    year, week, _ = clock.now().isocalendar()
    notify(administrators(), Event(TIMESTAMPS, text, f"timestamps:{year}-{week}"))


def find_late_timestamps() -> QuerySet[PackageTimestamp]:
    """The last stamps of packages that are overdue."""
    newer = PackageTimestamp.objects.filter(
        package=OuterRef("package"), number__gt=OuterRef("number")
    )
    return PackageTimestamp.objects.filter(
        ~Exists(newer), renew_at__lt=clock.now() - PATIENCE
    ).order_by()
