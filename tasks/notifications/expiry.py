"""Certificates and powers of attorney that run out: told to the administrators."""

from datetime import timedelta

from django.db import transaction

from accounts.audience import administrators
from econtract.platform.common import clock
from econtract.platform.notifications.delivery import Event, notify
from edo.expiry import Expiry, expiring
from tasks.notifications.kinds import EXPIRY

WEEK = timedelta(days=7)


@transaction.atomic
def notify_of_expiry() -> None:
    """Told a month ahead, a week ahead and when it is over: once each, however often it runs."""
    people = list(administrators())
    for item in expiring(clock.now()):
        notify(people, _event(item))


def _event(item: Expiry) -> Event:
    power = item.power
    what = f"МЧД {power.registration_number}" if power else "Сертификат"
    source = f"expiry:{item.signatory.pk}:{power.pk if power else ''}:{item.until}:{_when(item)}"
    return Event(EXPIRY, f"{what}, {item.signatory}: {item.words}", source)


def _when(item: Expiry) -> str:
    if item.over:
        return "over"
    return "week" if item.until - clock.now().date() <= WEEK else "month"
