"""OCSP responses and partial lists: what they say, and whose word counts."""

import datetime as dt
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from edo.signing import cms
from edo.signing.report import SignatureReport
from edo.signing.revocation import RevocationStatus
from edo.signing.trust import TrustStore
from tests.support.signing.pki import DAY, NOW, PDF, Authority, Signer, authority

GOOD, REVOKED = ocsp.OCSPCertStatus.GOOD, ocsp.OCSPCertStatus.REVOKED


@pytest.fixture(scope="module")
def signer() -> Signer:
    return authority().signer()


def respond(
    signer: Signer,
    status: ocsp.OCSPCertStatus = GOOD,
    *,
    revoked_at: dt.datetime | None = None,
    responder: Signer | None = None,
    owner: Authority | None = None,
    named_issuer: x509.Certificate | None = None,
) -> bytes:
    """An OCSP response (DER) by the authority itself, or by ``responder``."""
    issuing = (owner or authority()).issuing
    key: Any = (owner or authority()).key
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=signer.certificate,
        issuer=named_issuer or authority().issuing,
        algorithm=hashes.SHA1(),  # noqa: S303 - as nearly all responders
        cert_status=status,
        this_update=NOW - DAY,
        next_update=NOW + DAY,
        revocation_time=revoked_at,
        revocation_reason=None,
    )
    if responder is not None:
        issuing, key = responder.certificate, responder.key
        builder = builder.certificates([responder.certificate])
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, issuing)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def check(signer: Signer, *responses: bytes, at: dt.datetime = NOW) -> SignatureReport:
    trust = TrustStore((authority().root,), ocsp_responses=responses)
    return cms.verify(signer.sign(PDF, at), PDF, trust=trust, at=at)


def test_a_good_answer_holds_until_its_next_update(signer: Signer) -> None:
    assert check(signer, respond(signer)).revocation == RevocationStatus.GOOD
    late = check(signer, respond(signer), at=NOW + 2 * DAY)
    assert late.revocation == RevocationStatus.UNKNOWN


@pytest.mark.parametrize(("revoked", "is_valid"), [(-DAY, False), (DAY, True)])
def test_a_revocation_counts_from_its_time(
    signer: Signer, revoked: dt.timedelta, is_valid: bool
) -> None:
    report = check(signer, respond(signer, REVOKED, revoked_at=NOW + revoked))
    assert report.is_valid is is_valid


def test_a_responder_needs_the_permission_of_the_authority(signer: Signer) -> None:
    permitted = authority().seal(
        organisation_inn="7707049388", usage=ExtendedKeyUsageOID.OCSP_SIGNING
    )
    revoked = respond(signer, REVOKED, revoked_at=NOW - DAY, responder=permitted)
    assert not check(signer, revoked).is_valid
    for other in (authority().signer(), Authority("Чужой").seal(organisation_inn="7707049388")):
        forged = respond(signer, REVOKED, revoked_at=NOW - DAY, responder=other)
        assert check(signer, forged).revocation == RevocationStatus.UNKNOWN


def test_an_answer_about_somebody_else_or_by_somebody_else_says_nothing(signer: Signer) -> None:
    about_another = respond(authority().signer(), REVOKED, revoked_at=NOW - DAY)
    by_stranger = respond(signer, REVOKED, revoked_at=NOW - DAY, owner=Authority("Чужой"))
    # The same serial number of another authority.
    namesake = respond(
        signer, REVOKED, revoked_at=NOW - DAY, named_issuer=Authority("Чужой").issuing
    )
    for response in (about_another, by_stranger, namesake, b"", b"garbage"):
        assert check(signer, response).revocation == RevocationStatus.UNKNOWN


@pytest.mark.parametrize(
    ("point", "status"),
    [
        (None, RevocationStatus.GOOD),
        ({"only_contains_user_certs": True}, RevocationStatus.GOOD),
        ({"only_contains_ca_certs": True}, RevocationStatus.UNKNOWN),
        ({"indirect_crl": True}, RevocationStatus.UNKNOWN),
    ],
)
def test_a_list_of_a_part_does_not_vouch_for_the_rest(
    signer: Signer, point: dict[str, bool] | None, status: RevocationStatus
) -> None:
    flags = {
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority().issuing.subject)
        .last_update(NOW - DAY)
        .next_update(NOW + DAY)
    )
    if point is not None:
        value = x509.IssuingDistributionPoint(None, None, only_some_reasons=None, **(flags | point))
        builder = builder.add_extension(value, critical=True)
    crl = builder.sign(authority().key, hashes.SHA256())
    trust = TrustStore((authority().root,), (crl,))
    report = cms.verify(signer.sign(PDF), PDF, trust=trust, at=NOW)
    assert (report.is_valid, report.revocation) == (True, status)
