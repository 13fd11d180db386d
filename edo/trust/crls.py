"""Certificate revocation lists (CRLs): fetched before they end, verified before they are stored."""

import logging
import time
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtensionOID
from django.db import transaction
from django.db.models import Q

from econtract.platform.common import clock
from edo.models import AuthorityCertificate, RevocationList
from edo.signing.certificates import read_certificate
from edo.signing.revocation import is_issued_by
from edo.trust import store
from edo.trust.fetching import FetchFailed, fetch

log = logging.getLogger(__name__)

MAX_CRL_BYTES = 50 * 1024 * 1024
MAX_RUN_SECONDS = 40.0
MAX_URLS = 10
MAX_URL_LENGTH = 500
PEM_MARK = b"-----BEGIN"
LEASE = timedelta(minutes=5)
FIRST_RETRY, LAST_RETRY = timedelta(minutes=5), timedelta(hours=6)
SHORTEST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(days=1)
# After this long without a certificate of the authority its lists are no longer fetched.
KEEP_NEEDED = timedelta(days=400)
NOTE_NEEDED_AGAIN = timedelta(days=1)
CLOCK_TOLERANCE = timedelta(minutes=10)


def need_crls(chain: Sequence[x509.Certificate]) -> None:
    """Remember where the lists about the certificates of a valid ``chain`` are.

    The job fetches new ones within minutes. Addresses come from the certificates and the ТСЛ.
    """
    now = clock.now()
    for certificate, issuer in pairwise(chain):
        sha256 = get_fingerprint(issuer)
        listed = AuthorityCertificate.objects.filter(pk=sha256).first()
        urls = [*read_crl_urls(certificate), *(listed.crl_urls if listed else ())]
        rows = RevocationList.objects.filter(issuer_sha256=sha256)
        rows.filter(needed_at__lt=now - NOTE_NEEDED_AGAIN).update(needed_at=now)
        known = set(rows.values_list("url", flat=True))
        additions = [url for url in dict.fromkeys(urls) if url not in known]
        RevocationList.objects.bulk_create(
            [_build_row(issuer, url) for url in additions[: max(MAX_URLS - len(known), 0)]],
            ignore_conflicts=True,
        )


def read_crl_urls(certificate: x509.Certificate) -> list[str]:
    """The HTTP addresses of its CRL distribution points."""
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except (x509.ExtensionNotFound, ValueError):
        return []
    names = (name for point in points for name in point.full_name or ())
    return [name.value for name in names if _is_http(name)]


def refresh_crls() -> int:
    """Fetch the lists that are due; how many came. Each is fetched by one worker at a time.

    After MAX_RUN_SECONDS the rest waits for the next run.
    """
    now, deadline = clock.now(), time.monotonic() + MAX_RUN_SECONDS
    due = RevocationList.objects.filter(due_at__lte=now, needed_at__gt=now - KEEP_NEEDED)
    count = 0
    for pk in due.order_by("due_at").values_list("pk", flat=True):
        if time.monotonic() > deadline:
            break
        count += refresh_crl(pk)
    return count


def refresh_crl(pk: int) -> bool:
    """Fetch one list if it is due; whether a newer one was stored. Never raises FetchFailed.

    Makes an outside call: no transaction may be open.
    """
    now = clock.now()
    lease = RevocationList.objects.filter(pk=pk, due_at__lte=now)
    if not lease.update(due_at=now + LEASE):
        return False
    row = RevocationList.objects.get(pk=pk)
    try:
        crl = _parse_crl(fetch(row.url, max_bytes=MAX_CRL_BYTES).content)
        _check_crl(crl, row)
    except FetchFailed as error:
        _note_failure(row, error)
        return False
    return _store(row, crl)


def find_needed(chain: Sequence[x509.Certificate]) -> Iterable[RevocationList]:
    """The rows of the authorities of ``chain``, without the contents of the lists."""
    issuers = [get_fingerprint(issuer) for issuer in chain[1:]]
    rows = RevocationList.objects.filter(issuer_sha256__in=issuers)
    return rows.defer("content", "issuer_certificate").order_by("pk")


def get_fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex()


def stale_condition(at: datetime) -> Q:
    """The condition for rows without a list that holds at ``at``."""
    return Q(sha256="") | Q(next_update__lt=at)


def _is_http(name: x509.GeneralName) -> bool:
    return (
        isinstance(name, x509.UniformResourceIdentifier)
        and name.value.startswith(("http://", "https://"))
        and len(name.value) <= MAX_URL_LENGTH
    )


def _build_row(issuer: x509.Certificate, url: str) -> RevocationList:
    details = read_certificate(issuer)
    return RevocationList(
        issuer_sha256=get_fingerprint(issuer),
        issuer_name=(details.owner or details.organisation)[:300],
        issuer_certificate=issuer.public_bytes(Encoding.DER),
        url=url,
    )


def _parse_crl(content: bytes) -> x509.CertificateRevocationList:
    try:
        if content.lstrip().startswith(PEM_MARK):
            return x509.load_pem_x509_crl(content)
        return x509.load_der_x509_crl(content)
    except ValueError:
        raise FetchFailed("По адресу лежит не список отзыва.") from None


def _check_crl(crl: x509.CertificateRevocationList, row: RevocationList) -> None:
    """Raises FetchFailed when the list may not take the place of the one that we have."""
    issuer = x509.load_der_x509_certificate(bytes(row.issuer_certificate))
    if crl.issuer != issuer.subject or not is_issued_by(crl, issuer):
        raise FetchFailed("Список подписан не этим УЦ.")
    if crl.last_update_utc > clock.now() + CLOCK_TOLERANCE:
        raise FetchFailed("Дата выпуска списка в будущем.")
    if row.this_update is not None and crl.last_update_utc < row.this_update:
        raise FetchFailed("Список старше того, который уже получен.")
    if row.number and (number := _read_number(crl)) and int(number) < int(row.number):
        raise FetchFailed("Номер списка меньше, чем у того, который уже получен.")


def _read_number(crl: x509.CertificateRevocationList) -> str:
    try:
        extension = crl.extensions.get_extension_for_oid(ExtensionOID.CRL_NUMBER)
    except (x509.ExtensionNotFound, ValueError):
        return ""
    number = str(extension.value.crl_number)  # type: ignore[attr-defined]
    return number if len(number) <= 50 else ""


def _store(row: RevocationList, crl: x509.CertificateRevocationList) -> bool:
    now = clock.now()
    content = crl.public_bytes(Encoding.DER)
    sha256 = crl.fingerprint(hashes.SHA256()).hex()
    is_new = sha256 != row.sha256
    row.fetched_at, row.attempts, row.error = now, 0, ""
    row.this_update, row.next_update = crl.last_update_utc, crl.next_update_utc
    row.number, row.sha256 = _read_number(crl), sha256
    row.due_at = now + _choose_wait(row, now)
    fields = ["fetched_at", "attempts", "error", "this_update", "next_update", "number", "due_at"]
    with transaction.atomic():
        if is_new:
            row.content = content
            store.mark_changed(revocation=True)
            fields += ["content", "sha256"]
        row.save(update_fields=fields)
    log.info("crl stored list=%s new=%s until=%s", row.pk, is_new, row.next_update)
    return is_new


def _choose_wait(row: RevocationList, now: datetime) -> timedelta:
    """Until a quarter of the list's term is left; soon for a list that is over already."""
    if row.next_update is None or row.this_update is None:
        return LONGEST_WAIT
    renew_at = row.next_update - (row.next_update - row.this_update) / 4
    return min(max(renew_at - now, SHORTEST_WAIT), LONGEST_WAIT)


def _note_failure(row: RevocationList, error: FetchFailed) -> None:
    """Try again later, and later each time. An address that we do not call is tried once a day."""
    delay = LONGEST_WAIT if error.is_refused else FIRST_RETRY * 2 ** min(row.attempts, 10)
    row.attempts += 1
    row.error = str(error)[:300]
    limit = LONGEST_WAIT if error.is_refused else LAST_RETRY
    row.due_at = clock.now() + min(delay, limit)
    row.save(update_fields=["attempts", "error", "due_at"])
    log.warning("crl not fetched list=%s attempts=%d", row.pk, row.attempts)
