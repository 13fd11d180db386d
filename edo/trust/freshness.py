"""Fresh revocation information for one chain, fetched when what is at hand is too old."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from cryptography import x509

from edo.signing.cms import MAX_STAMPS
from edo.signing.cms_parsing import DATA, TIME_STAMP_INFO, parse_signature
from edo.signing.proofs import find_revocation, read_stamp_time
from edo.signing.revocation import RevocationSources, RevocationStatus
from edo.trust import store
from edo.trust.crls import find_needed, need_crls, refresh_crl
from edo.trust.ocsp import query_ocsp

Chain = Sequence[x509.Certificate]


def freshen_for_signature(signature: bytes, at: datetime, content_type: str = DATA) -> None:
    """Get what is needed to judge a signature (CMS) at ``at``, unless it is at hand.

    The same for the time-stamps in it, at their times. For a time-stamp token ``content_type`` is
    TIME_STAMP_INFO. Makes outside calls: no transaction may be open. Never raises: what cannot be
    had is unknown.
    """
    for chain, time in _find_chains(signature, at, content_type):
        freshen(chain, time)


def freshen_for_evidence(signature: bytes, at: datetime, content_type: str = DATA) -> None:
    """As `freshen_for_signature`, and ask the responders for an answer from after ``at``.

    A list that was issued before the signing cannot know of a revocation just before it.
    """
    freshen_for_signature(signature, at, content_type)
    for chain, time in _find_chains(signature, at, content_type):
        for certificate, issuer in list(pairwise(chain))[:1]:
            trust = store.load_trust_store()
            proofs = find_revocation(certificate, issuer, trust=trust, at=time)
            if not any(proof.issued_at >= time for proof in proofs):
                query_ocsp(certificate, issuer)
    store.forget()


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


def _find_chains(signature: bytes, at: datetime, content_type: str) -> list[tuple[Chain, datetime]]:
    try:
        trust = store.load_trust_store()
        parsed = parse_signature(signature, content_type)
        links = [(parsed, at)]
        for token in parsed.stamps[:MAX_STAMPS]:
            stamp = parse_signature(token, TIME_STAMP_INFO, parsed.other_certificates)
            links.append((stamp, read_stamp_time(token)))
        chains = [
            (trust.build_chain(item.certificate, item.other_certificates, time), time)
            for item, time in links
            if item.certificate is not None
        ]
    except Exception:  # noqa: BLE001 - the parsers raise anything on hostile bytes
        return []
    return [(chain, time) for chain, time in chains if chain is not None]


def _find_uncovered(chain: Chain, at: datetime) -> list[tuple[x509.Certificate, x509.Certificate]]:
    """The links of the chain about which nothing at hand holds at ``at``."""
    trust = store.load_trust_store()
    sources = RevocationSources(trust.crls, trust.ocsp_responses, trust.archive)
    return [
        link
        for link in pairwise(chain)
        if sources.check(link, at).status == RevocationStatus.UNKNOWN
    ]
