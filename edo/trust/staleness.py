"""What we know too old: lists that have ended, since when, and what follows from it."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from cryptography import x509
from django.conf import settings
from django.db.models import Max

from econtract.platform.common.errors import Unavailable
from econtract.platform.common.formatting import format_with_zone
from edo.models import RevocationList, TrustList, TrustListFetch
from edo.signing.trust import TrustStore
from edo.trust import store
from edo.trust.crls import KEEP_NEEDED

# The list of authorities changes a few times a week.
MAX_LIST_AGE = timedelta(days=7)
REVOCATION_UNKNOWN = (
    "Отзыв сертификатов этого УЦ не проверяется: подпись отозванным сертификатом будет принята."
)
NO_LIST = "Квалифицированной подпись не считается, если УЦ нет в файле accreditations.json."
OLD_LIST = "Аккредитация УЦ проверяется по последнему принятому списку."


@dataclass(frozen=True)
class StaleSource:
    """One list that is too old.

    ``since`` is when it ended, None when there never was one. ``reason`` is why no newer one is
    there, ``effect`` what follows; both are Russian sentences. ``key`` names the list.
    """

    key: str
    title: str
    since: datetime | None
    reason: str
    effect: str

    @property
    def text(self) -> str:
        return f"Устарел {format_with_zone(self.since)}" if self.since else "Не получен"


def find_stale_sources(at: datetime) -> list[StaleSource]:
    """All lists that are too old at ``at``: the ТСЛ, then CRLs by authority."""
    try:
        trust = store.load_trust_store()
    except Unavailable:
        return []
    return [*_check_trust_list(at), *_check_crls(trust, at), *_check_files(trust, at)]


def find_stale_since(pem: str, at: datetime) -> datetime | None:
    """When the last CRL about a certificate ended; None when one holds or none was ever there.

    No query beside that of the trust store.
    """
    try:
        issuer = x509.load_pem_x509_certificate(pem.encode()).issuer
        crls = _find_crls(store.load_trust_store(), issuer)
    except (ValueError, Unavailable):
        return None
    ends = [crl.next_update_utc for crl in crls]
    last = max((end for end in ends if end), default=None)
    return None if last is None or None in ends or last >= at else last


def _find_crls(trust: TrustStore, issuer: x509.Name) -> list[x509.CertificateRevocationList]:
    more = trust.archive.find_crls(issuer) if trust.archive else ()
    return [crl for crl in (*trust.crls, *more) if crl.issuer == issuer]


def _is_fresh(trust: TrustStore, issuer: x509.Name, at: datetime) -> bool:
    ends = (crl.next_update_utc for crl in _find_crls(trust, issuer))
    return any(end is None or end >= at for end in ends)


def _check_trust_list(at: datetime) -> Iterator[StaleSource]:
    if not settings.TRUST_LIST_URL:
        return
    fetch = TrustListFetch.objects.first()
    newest = TrustList.objects.aggregate(at=Max("imported_at"))["at"]
    confirmed_at = max(
        (time for time in (newest, fetch.fetched_at if fetch else None) if time), default=None
    )
    if confirmed_at is None and (fetch is None or not fetch.attempts):
        return  # The first one is on its way.
    if confirmed_at is None or confirmed_at < at - MAX_LIST_AGE:
        yield StaleSource(
            key="trust-list",
            title="Список аккредитованных УЦ (ТСЛ)",
            since=confirmed_at,
            reason=fetch.error if fetch else "",
            effect=OLD_LIST if confirmed_at else NO_LIST,
        )


def _check_crls(trust: TrustStore, at: datetime) -> Iterator[StaleSource]:
    needed = RevocationList.objects.filter(needed_at__gt=at - KEEP_NEEDED)
    rows = needed.defer("content").order_by("issuer_sha256", "pk")
    for sha256, group in groupby(rows, key=lambda row: row.issuer_sha256):
        lists = list(group)
        issuer = x509.load_der_x509_certificate(bytes(lists[0].issuer_certificate)).subject
        is_tried = any(row.attempts or row.sha256 for row in lists)
        if not is_tried or _is_fresh(trust, issuer, at):
            continue
        yield StaleSource(
            key=f"crl:{sha256}",
            title=f"Список отзыва УЦ «{lists[0].issuer_name}»",
            since=_latest(row.next_update for row in lists),
            reason=next((row.error for row in lists if row.error), ""),
            effect=REVOCATION_UNKNOWN,
        )


def _check_files(trust: TrustStore, at: datetime) -> Iterator[StaleSource]:
    """Lists of EDO_CRLS about authorities whose lists we do not fetch."""
    fetched = {
        x509.load_der_x509_certificate(bytes(content)).subject
        for content in RevocationList.objects.values_list("issuer_certificate", flat=True)
    }
    for issuer in dict.fromkeys(crl.issuer for crl in trust.crls):
        if issuer in fetched or _is_fresh(trust, issuer, at):
            continue
        names = issuer.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        name = str(names[0].value) if names else issuer.rfc4514_string()
        yield StaleSource(
            key=f"file:{hashlib.sha256(issuer.public_bytes()).hexdigest()}",
            title=f"Список отзыва УЦ «{name}» (файл EDO_CRLS)",
            since=_latest(crl.next_update_utc for crl in trust.crls if crl.issuer == issuer),
            reason="Файл обновляет не E-Contract.",
            effect=REVOCATION_UNKNOWN,
        )


def _latest(times: Iterable[datetime | None]) -> datetime | None:
    return max((time for time in times if time), default=None)
