"""What runs every minute so that trust stays fresh. Repeating or losing a run does no harm."""

import logging
from datetime import timedelta

from cryptography import x509
from django.conf import settings
from django.core.cache import cache

from econtract.platform.common import clock
from econtract.platform.common.errors import Unavailable
from edo.models import Signatory, TrustListFetch
from edo.signing.chains import UnverifiableChain
from edo.trust import store
from edo.trust.crls import need_crls, read_crl_urls, refresh_crls
from edo.trust.fetching import FetchFailed, fetch
from edo.trust.importing import TrustListRefused, import_trust_list
from edo.trust.trust_list import MAX_LIST_BYTES

log = logging.getLogger(__name__)

RUN_KEY, RUN_LEASE_SECONDS = "trust-refresh", 300
LIST_WAIT, LIST_LEASE = timedelta(days=1), timedelta(minutes=10)
FIRST_RETRY, LAST_RETRY = timedelta(minutes=10), timedelta(hours=6)


def refresh_trust() -> None:
    """Fetch what is due: the ТСЛ, and the CRLs of our signatories and of the clients met.

    Does nothing while another worker does it: hosts that do not answer must not hold up several.
    """
    if not cache.add(RUN_KEY, 1, RUN_LEASE_SECONDS):
        return
    try:
        fetch_trust_list()
        need_crls_of_signatories()
        refresh_crls()
    finally:
        cache.delete(RUN_KEY)


def fetch_trust_list() -> None:
    """Fetch the list of TRUST_LIST_URL if it is due, once a day. A failure is tried again later."""
    if not settings.TRUST_LIST_URL:
        return
    row, _ = TrustListFetch.objects.get_or_create(pk=1)
    now = clock.now()
    if not TrustListFetch.objects.filter(pk=1, due_at__lte=now).update(due_at=now + LIST_LEASE):
        return
    try:
        content = fetch(settings.TRUST_LIST_URL, max_bytes=MAX_LIST_BYTES).content
        result = import_trust_list(content, source=settings.TRUST_LIST_URL)
    except (FetchFailed, TrustListRefused, Unavailable) as error:
        row.error = str(error)[:500]
        row.due_at = now + min(FIRST_RETRY * 2 ** min(row.attempts, 10), LAST_RETRY)
        row.attempts += 1
        log.warning("trust list not taken in attempts=%d", row.attempts)
    else:
        row.error, row.attempts = "", 0
        row.fetched_at, row.due_at = now, now + LIST_WAIT
        log.info("trust list fetched new=%s state=%s", result.is_new, result.trust_list.state)
    row.save()


def need_crls_of_signatories() -> None:
    """Their lists must be there before anybody signs."""
    try:
        trust = store.load_trust_store()
    except Unavailable:
        return
    now = clock.now()
    active = Signatory.objects.filter(active=True, certificate_until__gt=now)
    # Signatories of one authority mostly need the same lists.
    chains = {}
    for pem in active.values_list("certificate_pem", flat=True):
        try:
            chain = trust.build_chain(x509.load_pem_x509_certificate(pem.encode()), (), now)
        except (ValueError, UnverifiableChain):
            continue
        if chain is not None:
            chains[*read_crl_urls(chain[0]), *chain[1:]] = chain
    for certificates in chains.values():
        need_crls(certificates)
