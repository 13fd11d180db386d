"""What an EDO operator must offer, in our terms. One class per operator implements it."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from edo.channels.operator.values import (
    DocumentStatus,
    OperatorEvent,
    OutgoingDocument,
    Partnership,
    PowerFile,
    RecipientBox,
    RevocationRequest,
    RevocationSigner,
    SentDocument,
)


class OperatorGateway(Protocol):
    """The client of one EDO operator.

    Every method raises Unavailable, or Refused with an `OperatorRefusalCode`.
    """

    def find_recipients(self, box_id: str, inn: str) -> list[RecipientBox]:
        """Every box and department of the organisations with ``inn``, usable or not."""

    def get_partnership(self, box_id: str, recipient_box_id: str) -> Partnership:
        """The relation of the two boxes."""

    def invite(self, box_id: str, recipient_box_id: str, message: str) -> None:
        """Invite the client to exchange documents, or accept their invitation.

        Does nothing when they are partners or invited already.
        """

    def upload_to_shelf(self, content: bytes) -> str:
        """Store content for a later `send`, for some days; returns the operator's name for it."""

    def send(self, document: OutgoingDocument, operation_id: UUID) -> SentDocument:
        """Send the document. The same operation id never creates a second one."""

    def get_status(self, box_id: str, sent: SentDocument) -> DocumentStatus:
        """The current state of the document."""

    def fetch_custom_id(self, box_id: str, message_id: str) -> str:
        """Our own id of the message's document; "" for a message that is not ours."""

    def fetch_content(self, box_id: str, message_id: str, entity_id: str) -> bytes:
        """The bytes of a document, a signature or another entity of a message."""

    def fetch_stamped_signature(self, box_id: str, sent: SentDocument) -> bytes:
        """The client's signature with the operator's time stamp (CAdES-T); b"" without one."""

    def fetch_signature_verdict(
        self, box_id: str, sent: SentDocument, signature_id: str
    ) -> bool | None:
        """Whether the operator considers a signature valid; None when it does not say."""

    def fetch_recipient_power(
        self, box_id: str, sent: SentDocument, power_id: str
    ) -> list[PowerFile]:
        """The client's power of attorney with its chain of delegation, the root first.

        Empty when the operator has only its number and no file.
        """

    def fetch_reason(self, box_id: str, sent: SentDocument, entity_id: str) -> str:
        """The text of a refusal or a failed delivery; empty when it has none."""

    def build_revocation_request(
        self, box_id: str, sent: SentDocument, comment: str, signer: RevocationSigner
    ) -> RevocationRequest:
        """The revocation request that we have to sign. A repeated call may give another one."""

    def revoke(
        self,
        box_id: str,
        sent: SentDocument,
        *,
        request: bytes,
        signature: bytes,
        operation_id: UUID,
    ) -> None:
        """Post a signed revocation request. `get_status` says whether the client must agree."""

    def fetch_events(
        self, box_id: str, after: str, limit: int
    ) -> tuple[Sequence[OperatorEvent], str]:
        """Events after the cursor, oldest first, and the next cursor. Events may repeat."""

    def fetch_package(self, box_id: str, sent: SentDocument) -> bytes:
        """The operator's own ZIP of the document. The names of its entries mean nothing."""

    def fetch_print_form(self, box_id: str, sent: SentDocument) -> bytes:
        """The operator's PDF of the document with its stamp."""

    def fetch_protocol(self, box_id: str, sent: SentDocument) -> tuple[bytes, bytes]:
        """The operator's protocol of the exchange (PDF) and the operator's signature of it."""
