"""What the card shows of a signing by SMS."""

from clients.models.formats import mask_phone
from econtract.platform.common import clock
from econtract.platform.common.formatting import format_with_zone
from edo.channels.evidence import SigningSide
from edo.channels.simple.progress import read_course
from edo.channels.simple.signer import Signer
from edo.channels.summaries import SignatureStatus, SignatureSummary, SigningDetail, SigningSummary
from edo.models import Box, Signatory, SimpleSigning


def summarize(
    box: Box, signatory: Signatory, signer: Signer, signing: SimpleSigning | None
) -> SigningSummary:
    """The details in the order in which the card shows them."""
    until = signatory.certificate_until
    suffix = " – истек" if until < clock.now() else ""
    details = [
        SigningDetail("Способ", "СМС клиенту"),
        SigningDetail("Организация", box.name),
        SigningDetail("Подписант", str(signatory)),
        SigningDetail(
            "Сертификат",
            f"{signatory.certificate_serial}, до {until:%d.%m.%Y}{suffix}",
            is_code=True,
        ),
        SigningDetail("Телефон клиента", mask_phone(signer.version.phone), is_code=True),
    ]
    if signing is None:
        return SigningSummary(tuple(details))
    if signing.reason:
        details.append(SigningDetail("Причина", signing.reason))
    signatures = (_summarize_sender(signing), _summarize_client(signing))
    return SigningSummary(tuple(details), signatures, read_course(signing))


def _summarize_sender(signing: SimpleSigning) -> SignatureSummary:
    """Our signature was checked when it was made."""
    if signing.sender_signature is None:
        return SignatureSummary(SigningSide.SENDER, _get_absence(signing))
    details = [SigningDetail("Подписал", str(signing.signatory))]
    if signing.sender_signed_at:
        time = format_with_zone(signing.sender_signed_at)
        details.append(SigningDetail("Время", time, is_code=True))
    return SignatureSummary(SigningSide.SENDER, SignatureStatus.VALID, details=tuple(details))


def _summarize_client(signing: SimpleSigning) -> SignatureSummary:
    if signing.state != SimpleSigning.State.SIGNED or signing.finished_at is None:
        return SignatureSummary(SigningSide.RECIPIENT, _get_absence(signing))
    return SignatureSummary(
        SigningSide.RECIPIENT,
        SignatureStatus.VALID,
        details=(
            SigningDetail("Подпись", "простая электронная"),
            SigningDetail("Подписал", signing.signer.full_name),
            SigningDetail("Телефон", mask_phone(signing.signer.phone), is_code=True),
            SigningDetail("Время", format_with_zone(signing.finished_at), is_code=True),
            SigningDetail("SHA-256 документа", signing.document_sha256, is_code=True),
            *[SigningDetail("Обратите внимание", text) for text in signing.warnings],
        ),
    )


def _get_absence(signing: SimpleSigning) -> SignatureStatus:
    return SignatureStatus.PENDING if signing.is_live else SignatureStatus.ABSENT
