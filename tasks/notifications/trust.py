"""Notifying administrators of lists of authorities, and of lists that are stale."""

from datetime import timedelta

from django.db import transaction

from accounts.users import administrators
from econtract.platform.common import clock
from econtract.platform.notifications.delivery import Event, notify
from edo.models import TrustList
from edo.trust.snapshots import CHANGE_LABELS
from edo.trust.staleness import StaleSource, find_stale_sources
from tasks.notifications.kinds import TRUST, TRUST_LIST_SOURCE

# A list that came earlier is no news.
NEWS_PERIOD = timedelta(days=3)


@transaction.atomic
def notify_administrators() -> None:
    """Notify of each list of authorities once, and of each stale list once until it is renewed.

    `notify` ignores an event that it has already sent, so calls can be repeated.
    """
    now = clock.now()
    news = TrustList.objects.filter(imported_at__gt=now - NEWS_PERIOD).defer(
        "content_compressed", "snapshot"
    )
    events = [_build_list_event(item) for item in news if item.reasons or item.changes]
    events += [_build_stale_event(source) for source in find_stale_sources(now)]
    if events:
        recipients = list(administrators())
        for event in events:
            notify(recipients, event)


def _build_list_event(trust_list: TrustList) -> Event:
    source = f"{TRUST_LIST_SOURCE}:{trust_list.pk}"
    if trust_list.reasons:
        text = f"{trust_list} ждет подтверждения. {' '.join(trust_list.reasons)}"
    else:
        counts = [
            f"{CHANGE_LABELS[kind].lower()} {len(lines)}"
            for kind, lines in trust_list.changes.items()
        ]
        text = f"{trust_list} принят: {', '.join(counts)}"
    return Event(TRUST, text, source)


def _build_stale_event(source: StaleSource) -> Event:
    text = f"{source.title}: {source.text.lower()}. {source.reason} {source.effect}"
    since = f"{source.since:%Y%m%d%H%M}" if source.since else "never"
    return Event(TRUST, text, f"stale:{since}:{source.key}")
