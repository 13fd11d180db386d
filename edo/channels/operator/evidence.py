"""What proves that a document was signed by both sides, for the package."""

from pathlib import Path

from django.conf import settings

from edo.channels.cms_evidence import build_power_evidence, build_signature_evidence
from edo.channels.evidence import (
    PowerOfAttorneyEvidence,
    SenderEvidence,
    SignatureEvidence,
    SigningEvidence,
    SigningSide,
)
from edo.channels.operator.document_digests import get_digests
from edo.models import Exchange
from edo.powers import mchd
from edo.signing import cms
from edo.signing.trust import TrustStore
from edo.trust.store import load_trust_store


def collect_evidence(exchange: Exchange) -> SigningEvidence:
    """The evidence of a SIGNED exchange, from stored data only.

    Raises ValueError for an exchange in another state, Unavailable when the trusted roots cannot
    be read.
    """
    power = exchange.power_of_attorney
    if exchange.state != Exchange.State.SIGNED or power is None:
        raise ValueError("Only a signed exchange has evidence.")
    trust = load_trust_store()
    data = mchd.parse(bytes(power.xml))
    principal = data.principal
    ours = build_power_evidence(
        SigningSide.SENDER, data, bytes(power.xml), bytes(power.signature), trust
    )
    recipient_powers = _build_recipient_powers(exchange, trust)
    return SigningEvidence(
        document_sha256=exchange.document_sha256,
        sender=SenderEvidence(
            name=principal.name, inn=principal.inn, kpp=principal.kpp, ogrn=principal.ogrn
        ),
        signatures=(
            _build_signature(
                SigningSide.SENDER,
                bytes(exchange.sender_signature or b""),
                exchange,
                trust,
                power_number=str(power.registration_number),
            ),
            _build_signature(
                SigningSide.RECIPIENT,
                bytes(exchange.recipient_signature or b""),
                exchange,
                trust,
                power_number=recipient_powers[0].number if recipient_powers else None,
            ),
        ),
        powers_of_attorney=(ours, *recipient_powers),
        operator=exchange.box.get_operator_display(),
        message_id=exchange.message_id,
        document_id=exchange.document_id,
        trust_roots=Path(settings.EDO_TRUST_ROOTS).read_bytes(),
    )


def _build_signature(
    side: SigningSide,
    signature: bytes,
    exchange: Exchange,
    trust: TrustStore,
    power_number: str | None = None,
) -> SignatureEvidence:
    """A signature that a person has accepted may be unreadable: then it names nobody."""
    report = cms.verify_digest(signature, get_digests(exchange), trust=trust)
    signed_at = report.signed_at or exchange.recipient_signed_at or exchange.finished_at
    if signed_at is None:
        raise ValueError("A signed exchange has the time of its end.")
    return build_signature_evidence(
        side, signature, report, signed_at=signed_at, power_number=power_number
    )


def _build_recipient_powers(
    exchange: Exchange, trust: TrustStore
) -> tuple[PowerOfAttorneyEvidence, ...]:
    """The client's power of attorney, if it is of the kind that a package can be verified with.

    That is one given by a company to the person who has signed, without delegation.
    """
    powers = list(exchange.recipient_powers.all())
    if len(powers) != 1:
        return ()
    xml, signature = bytes(powers[0].xml), bytes(powers[0].signature)
    try:
        data = mchd.parse(xml)
        return (build_power_evidence(SigningSide.RECIPIENT, data, xml, signature, trust),)
    except ValueError:
        return ()
