"""Fresh revocation information for one chain, fetched when what is at hand is too old."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from econtract.platform.common.errors import Unavailable
from edo.models import OcspResponse
from edo.signing.chains import UnverifiableChain
from edo.signing.cms_parsing import UnreadableSignature, parse_signature
from edo.signing.revocation import RevocationSources, RevocationStatus, is_issued_by
from edo.trust import store
from edo.trust.crls import find_needed, get_fingerprint, need_crls, refresh_crl
from edo.trust.ocsp import query_ocsp

Chain = Sequence[x509.Certificate]


@dataclass(frozen=True)
class RevocationInfo:
    """CRLs and OCSP responses (DER) about a chain. ``is_complete``: they cover all of it."""

    crls: tuple[bytes, ...]
    ocsp_responses: tuple[bytes, ...]
    is_complete: bool


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


def collect_revocation_info(chain: Chain, at: datetime) -> RevocationInfo:
    """The freshest revocation information about a valid ``chain`` at ``at``, as bytes.

    For evidence: `freshen` the chain first. Makes no outside call.
    """
    trust = store.load_trust_store()
    archive = trust.archive
    crls: dict[bytes, None] = {}
    responses: dict[bytes, None] = {}
    for certificate, issuer in pairwise(chain):
        more = archive.find_crls(issuer.subject) if archive else ()
        lists = [
            crl
            for crl in (*trust.crls, *more)
            if crl.issuer == issuer.subject and is_issued_by(crl, issuer)
        ]
        # A list of the settings and the one of the database may be the same, or one the older.
        newest = max((crl.last_update_utc for crl in lists), default=None)
        crls |= {
            crl.public_bytes(Encoding.DER): None for crl in lists if crl.last_update_utc == newest
        }
        stored = OcspResponse.objects.filter(
            issuer_sha256=get_fingerprint(issuer),
            serial=store.format_serial(certificate.serial_number),
        )
        responses |= {bytes(row.content): None for row in stored}
    return RevocationInfo(tuple(crls), tuple(responses), not _find_uncovered(chain, at))


def _find_uncovered(chain: Chain, at: datetime) -> list[tuple[x509.Certificate, x509.Certificate]]:
    """The links of the chain about which nothing at hand holds at ``at``."""
    trust = store.load_trust_store()
    sources = RevocationSources(trust.crls, trust.ocsp_responses, trust.archive)
    return [
        link
        for link in pairwise(chain)
        if sources.check(link, at).status == RevocationStatus.UNKNOWN
    ]
