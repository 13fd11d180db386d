"""Creating exchanges."""

from uuid import UUID

from econtract.platform.common import clock
from edo.channels.protocol import DocumentToSign, SigningRecipient
from edo.models import Box, Exchange, Signatory
from edo.powers.selection import find_current_power


def open_exchange(
    *,
    box: Box,
    signatory: Signatory,
    recipient: SigningRecipient,
    document: DocumentToSign,
    operation_id: UUID,
) -> Exchange:
    """Create the exchange of one document; nothing is sent yet.

    The same ``operation_id`` returns the same exchange, whatever has become of it. The current
    power of attorney of the signatory is chosen now.
    """
    exchange, _ = Exchange.objects.get_or_create(
        operation_id=operation_id,
        defaults={
            "box": box,
            "signatory": signatory,
            "power_of_attorney": find_current_power(signatory, box, clock.now()),
            "recipient_inn": recipient.inn,
            "recipient_kpp": recipient.kpp,
            "recipient_address_id": recipient.address_id,
            "document_sha256": document.sha256,
            "document_number": document.number,
            "document_kind": document.kind,
            "file_name": document.file_name,
            "contract_number": document.contract_number,
            "contract_date": document.contract_date,
        },
    )
    return exchange
