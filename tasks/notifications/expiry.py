"""Notifying administrators of certificates and powers of attorney that expire."""

from datetime import timedelta

from django.db import transaction

from accounts.users import administrators
from econtract.platform.common import clock
from econtract.platform.notifications.delivery import Event, notify
from edo.expiry import Expiry, find_expiries
from tasks.notifications.kinds import EXPIRY

WEEK = timedelta(days=7)


@transaction.atomic
def notify_administrators() -> None:
    """Notify a month ahead, a week ahead and on expiry.

    `notify` ignores an event that it has already sent, so calls can be repeated.
    """
    recipients = list(administrators())
    for expiry in find_expiries(clock.now()):
        notify(recipients, _build_event(expiry))


def _build_event(expiry: Expiry) -> Event:
    power, signatory = expiry.power, expiry.signatory
    title = f"МЧД {power.registration_number}" if power else "Сертификат"
    power_pk = power.pk if power else ""
    source = f"expiry:{signatory.pk}:{power_pk}:{expiry.until}:{_get_stage(expiry)}"
    return Event(EXPIRY, f"{title}, {signatory}: {expiry.text}", source)


def _get_stage(expiry: Expiry) -> str:
    if expiry.is_over:
        return "over"
    return "week" if expiry.until - clock.now().date() <= WEEK else "month"
