"""Whether the client's signature is that of the client: certificate and power of attorney."""

from django.conf import settings

from econtract.platform.common.refusals import Refusal
from edo.models import Exchange
from edo.powers.mchd_chain_checks import ChainRequirements, verify_chain
from edo.signing.certificates import CertificateDetails
from edo.signing.report import SignatureReport
from edo.signing.trust import TrustStore

FOREIGN_CERTIFICATE = "foreign_certificate"
POWER_MISSING = "recipient_power_missing"


def check_ownership(
    exchange: Exchange, report: SignatureReport, trust: TrustStore
) -> tuple[tuple[Refusal, ...], tuple[Refusal, ...]]:
    """(problems, doubts) about who has signed for the client.

    A certificate with another organisation is a problem. A personal one names no organisation: it
    needs the client's power of attorney, and without it nobody can tell.
    """
    certificate = report.certificate
    if certificate is None or certificate.belongs_to(exchange.recipient_inn):
        return (), ()
    if certificate.organisation_inn:
        return (_build_foreign(certificate),), ()
    files = [
        (bytes(power.xml), bytes(power.signature)) for power in exchange.recipient_powers.all()
    ]
    if not files:
        return (), (_build_missing(certificate),)
    requirements = ChainRequirements(
        principal_inn=exchange.recipient_inn,
        representative=certificate,
        at=report.signed_at or exchange.recipient_signed_at or exchange.created_at,
        power_codes=settings.MCHD_POWER_CODES,
    )
    chain = verify_chain(files, requirements=requirements, trust=trust)
    return chain.problems, chain.doubts


def _build_foreign(certificate: CertificateDetails) -> Refusal:
    owner = certificate.organisation or certificate.owner
    inn = certificate.organisation_inn or certificate.inn
    text = f"Сертификат принадлежит другому лицу: {owner}, ИНН {inn}."
    return Refusal(FOREIGN_CERTIFICATE, text)


def _build_missing(certificate: CertificateDetails) -> Refusal:
    text = (
        f"Документ подписан личным сертификатом ({certificate.owner}), а МЧД клиента к подписи не "
        "приложена: полномочия не проверены."
    )
    return Refusal(POWER_MISSING, text)
