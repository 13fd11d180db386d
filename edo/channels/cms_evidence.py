"""Evidence of what is signed with a certificate, the same in every channel."""

from datetime import datetime

from edo.channels.evidence import (
    CertificateEvidence,
    PowerOfAttorneyEvidence,
    SignatureEvidence,
    SigningSide,
)
from edo.powers import mchd
from edo.powers.mchd import PowerOfAttorneyData
from edo.signing import cms
from edo.signing.report import SignatureReport
from edo.signing.trust import TrustStore


def build_signature_evidence(
    side: SigningSide,
    signature: bytes,
    report: SignatureReport,
    *,
    signed_at: datetime,
    power_number: str | None,
) -> SignatureEvidence:
    """The evidence of a CMS that ``report`` is about. It names nobody when it is unreadable."""
    certificate = report.certificate
    if certificate is None:
        return SignatureEvidence(
            side=side, content=signature, owner="", organisation="", inn="", signed_at=signed_at
        )
    return SignatureEvidence(
        side=side,
        content=signature,
        owner=certificate.owner,
        organisation=certificate.organisation,
        inn=certificate.organisation_inn or certificate.inn,
        signed_at=signed_at,
        certificate=CertificateEvidence(
            serial=certificate.serial,
            issuer=certificate.issuer,
            valid_from=certificate.valid_from,
            valid_until=certificate.valid_until,
            is_accredited=report.accreditation is not None,
            is_test=report.accreditation is not None and report.accreditation.is_test,
        ),
        power_of_attorney=power_number,
    )


def build_power_evidence(
    side: SigningSide,
    data: PowerOfAttorneyData,
    xml: bytes,
    signature: bytes,
    trust: TrustStore,
) -> PowerOfAttorneyEvidence:
    """Raises ValueError when the signature has no signing time."""
    signed_at = cms.verify(signature, xml, trust=trust).signed_at
    if signed_at is None:
        raise ValueError("The signature of the power of attorney has no signing time.")
    return PowerOfAttorneyEvidence(
        side=side,
        file_name=mchd.build_file_name(data),
        number=str(data.registration_number),
        xml=xml,
        signature=signature,
        principal=data.principal.name,
        representative=data.representative.full_name,
        valid_from=data.issued_on,
        valid_until=data.valid_until,
        signed_at=signed_at,
    )
