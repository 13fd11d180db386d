"""Fresh revocation information for one chain, fetched when what is at hand is too old."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from cryptography import x509

from econtract.platform.common.errors import Unavailable
from edo.signing.chains import UnverifiableChain
from edo.signing.cms_parsing import UnreadableSignature, parse_signature
from edo.signing.revocation import RevocationSources, RevocationStatus
from edo.trust import store
from edo.trust.crls import find_needed, need_crls, refresh_crl
from edo.trust.ocsp import query_ocsp

Chain = Sequence[x509.Certificate]


def freshen_for_signature(signature: bytes, at: datetime) -> None:
    """Get what is needed to judge a signature (CMS) at ``at``, unless it is at hand.

    Makes outside calls: no transaction may be open. Never raises: what cannot be had is unknown.
    """
    try:
        parsed = parse_signature(signature)
        if parsed.certificate is None:
            return
        trust = store.load_trust_store()
        chain = trust.build_chain(parsed.certificate, parsed.other_certificates, at)
    except (UnreadableSignature, UnverifiableChain, Unavailable):
        return
    except Exception:  # noqa: BLE001 - the parsers raise anything on hostile bytes
        return
    if chain is not None:
        freshen(chain, at)


def freshen(chain: Chain, at: datetime) -> None:
    """The same for a valid chain. CRLs first; OCSP for what they do not cover."""
    need_crls(chain)
    if not _find_uncovered(chain, at):
        return
    for row in find_needed(chain):
        refresh_crl(row.pk)
    store.forget()
    for certificate, issuer in _find_uncovered(chain, at):
        query_ocsp(certificate, issuer)
    store.forget()


def _find_uncovered(chain: Chain, at: datetime) -> list[tuple[x509.Certificate, x509.Certificate]]:
    """The links of the chain about which nothing at hand holds at ``at``."""
    trust = store.load_trust_store()
    sources = RevocationSources(trust.crls, trust.ocsp_responses, trust.archive)
    return [
        link
        for link in pairwise(chain)
        if sources.check(link, at).status == RevocationStatus.UNKNOWN
    ]
