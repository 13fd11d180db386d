"""Whether a certificate was good at given times: dates, chain, revocation. No database."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509

from econtract.platform.common.moscow_time import format_date
from econtract.platform.common.refusals import Refusal
from edo.signing.accreditation import Accreditation, find_accreditation
from edo.signing.certificates import CertificateDetails
from edo.signing.chains import UnverifiableChain
from edo.signing.report import build_doubt, build_problem
from edo.signing.revocation import RevocationStatus
from edo.signing.trust import TrustStore


@dataclass(frozen=True)
class CertificateChecks:
    """What the certificate, its chain and the revocation lists say."""

    problems: list[Refusal] = field(default_factory=list)
    doubts: list[Refusal] = field(default_factory=list)
    revocation: RevocationStatus = RevocationStatus.UNKNOWN
    accreditation: Accreditation | None = None


def check_certificate(
    certificate: x509.Certificate,
    details: CertificateDetails,
    others: Sequence[x509.Certificate],
    *,
    trust: TrustStore,
    times: Sequence[datetime],
) -> CertificateChecks:
    """Check ``certificate`` at all of ``times``; its accreditation at the first of them."""
    problems = []
    if max(times) > details.valid_until:
        problems.append(build_problem("certificate_expired", format_date(details.valid_until)))
    if min(times) < details.valid_from:
        valid_from = format_date(details.valid_from)
        problems.append(build_problem("certificate_not_yet_valid", valid_from))
    # An expired certificate may still be of a trusted issuer: the two are separate problems.
    chain_at = min(max(max(times), details.valid_from), details.valid_until)
    try:
        chain = trust.build_chain(certificate, others, chain_at)
    except UnverifiableChain as error:
        return CertificateChecks(problems, [build_doubt(error.code)])
    if chain is None:
        return CertificateChecks([*problems, build_problem("certificate_untrusted")])
    revocation = trust.check_revocation(chain, max(times))
    if revocation.since is not None:
        problems.append(build_problem("certificate_revoked", format_date(revocation.since)))
    accreditation = find_accreditation(trust.accreditations, chain, min(times))
    return CertificateChecks(problems, [], revocation.status, accreditation)


def may_sign(certificate: x509.Certificate) -> bool:
    """Whether its key usage, if it has one, lets it sign documents."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.digital_signature or usage.content_commitment
