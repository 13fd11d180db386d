"""Certificates and powers of attorney that run out: told to the administrators."""

from datetime import timedelta

from django.db import transaction

from accounts.audience import administrators
from econtract.platform.common import clock
from edo.expiry import Expiry, expiring
from tasks.models.notification_kinds import Kind
from tasks.notifications.delivery import News, tell

WEEK = timedelta(days=7)


@transaction.atomic
def tell_of_expiring() -> None:
    """Told a month ahead, a week ahead and when it is over: once each, however often it runs."""
    people = list(administrators())
    for item in expiring(clock.now()):
        tell(people, _news(item))


def _news(item: Expiry) -> News:
    power = item.power
    what = f"МЧД {power.registration_number}" if power else "Сертификат"
    source = f"expiry:{item.signatory.pk}:{power.pk if power else ''}:{item.until}:{_when(item)}"
    return News(Kind.EXPIRY, f"{what}, {item.signatory}: {item.words}", source)


def _when(item: Expiry) -> str:
    if item.over:
        return "over"
    return "week" if item.until - clock.now().date() <= WEEK else "month"
