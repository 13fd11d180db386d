"""Time-stamps that keep a package provable for years, and what proves each of them later."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from econtract.platform.common import clock
from econtract.platform.common.errors import Unavailable
from edo.crypto import digests
from edo.signing.cms_parsing import TIME_STAMP_INFO
from edo.signing.proofs import SignatureProofs, collect_proofs, encode_certificates, read_stamp_time
from edo.signing.timestamp_service import SYSTEM, has_timestamp_service, request_timestamp
from edo.signing.timestamps import verify_stamp
from edo.trust.freshness import freshen_for_evidence
from edo.trust.store import load_seal_trust_store, load_trust_store

__all__ = ["ArchiveTimestamp", "collect_previous", "has_timestamp_service", "make_timestamp"]

RENEWAL_PERIOD = timedelta(days=365)
# A stamp is renewed so long before its certificate ends, or halfway there when that is sooner.
MARGIN = timedelta(days=60)


@dataclass(frozen=True)
class ArchiveTimestamp:
    """A stamp, the chain of its service's certificate (PEM), and when the next one is due."""

    token: bytes
    certificates: bytes
    stamped_at: datetime
    certificate_ends_at: datetime

    @property
    def renew_at(self) -> datetime:
        left = self.certificate_ends_at - self.stamped_at
        return self.stamped_at + min(RENEWAL_PERIOD, max(left - MARGIN, left / 2))


def make_timestamp(content: bytes) -> ArchiveTimestamp:
    """A new stamp over ``content``. Raises as `request_timestamp`."""
    trust = load_trust_store()
    token = request_timestamp(content, trust=trust)
    report = verify_stamp(token, lambda name: digests.digest(name, content), trust=trust)
    if report.certificate is None or report.stamped_at is None:
        raise Unavailable(SYSTEM, "the time-stamp has no certificate")
    return ArchiveTimestamp(
        token,
        collect_certificates(token, report.stamped_at),
        report.stamped_at,
        report.certificate.valid_until,
    )


def collect_certificates(token: bytes, at: datetime) -> bytes:
    """The chain of the certificate that made a stamp (PEM), as far as it is known."""
    trust = load_trust_store()
    proofs = collect_proofs(token, trust=trust, at=at, content_type=TIME_STAMP_INFO)
    return encode_certificates(proofs.certificates)


def collect_previous(*, seal: bytes | None, token: bytes | None) -> list[tuple[str, bytes]]:
    """What proves, now, the last stamp, or the seal of a package that has no stamp yet.

    The (name, content) of certificates, revocation lists and OCSP responses. Makes outside calls.
    """
    if token is not None:
        at = max(read_stamp_time(token), clock.now())
        freshen_for_evidence(token, at, TIME_STAMP_INFO)
        trust = load_trust_store()
        proofs = collect_proofs(token, trust=trust, at=at, content_type=TIME_STAMP_INFO)
    elif seal is not None:
        at = clock.now()
        freshen_for_evidence(seal, at)
        proofs = collect_proofs(seal, trust=load_seal_trust_store(), at=at)
    else:
        proofs = SignatureProofs()
    files = [
        (f"previous-{number}.{'crl' if proof.is_list else 'ors'}", proof.content)
        for number, proof in enumerate(proofs.revocation, start=1)
    ]
    if proofs.certificates:
        files.insert(0, ("previous.pem", encode_certificates(proofs.certificates)))
    return files
