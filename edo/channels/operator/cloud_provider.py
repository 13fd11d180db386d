"""The cloud signature of an EDO operator: signatories confirm in the operator's application."""

from collections.abc import Sequence
from typing import Any

from cryptography.hazmat.primitives import hashes

from econtract.platform.common.errors import Refused
from edo.channels.operator.cloud_signing import CloudSigningStatus, ShelfFile
from edo.channels.operator.registry import get_cloud_signing
from edo.models import Box, Signatory, SigningProvider
from edo.signing.providers.confirmation_client import (
    ConfirmationAnswer,
    ConfirmationRequest,
    DocumentToConfirm,
)
from edo.signing.providers.confirmed import ConfirmedSigningService
from edo.signing.providers.protocol import (
    CONFIRMATION_DECLINED,
    CONFIRMATION_EXPIRED,
    CONFIRMATION_FAILED,
    KEY_UNKNOWN,
    SYSTEM,
    SigningKey,
)
from edo.signing.providers.registry import register_provider
from edo.signing.providers.signatory_keys import list_signatory_keys, load_certificate

Status = CloudSigningStatus
FAILURES = {
    Status.DECLINED: CONFIRMATION_DECLINED,
    Status.EXPIRED: CONFIRMATION_EXPIRED,
    Status.FAILED: CONFIRMATION_FAILED,
}
ASK_AGAIN_SECONDS = {Status.OWNER_BUSY: 30.0, Status.RETRY_LATER: 300.0}
BUSY_PLACE = "на телефоне, после ответа на прежний запрос"


class OperatorDssClient:
    """A `ConfirmationClient`. The operator asks anew at every call, so no question is repeated.

    The signatory signs with the certificate that is entered for them, through any of their boxes.
    """

    provider: str = SigningProvider.OPERATOR_DSS
    usual_place = "в приложении оператора ЭДО на телефоне"
    can_repeat_question = False

    def list_keys(self) -> list[SigningKey]:
        return list_signatory_keys(self.provider)

    def prepare(self, key_ref: str, documents: Sequence[DocumentToConfirm]) -> object:
        box = _find_box(_find_signatory(key_ref))
        gateway = get_cloud_signing(box)
        return {
            "box": box.pk,
            "shelf_names": [gateway.upload(document.content) for document in documents],
        }

    def ask(self, key_ref: str, prepared: Any, documents: Sequence[str]) -> ConfirmationRequest:
        # SHA-1 is how the operator names certificates; nothing depends on it.
        certificate = load_certificate(_find_signatory(key_ref))
        thumbprint = certificate.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303
        files = [
            ShelfFile(shelf_name, file_name)
            for shelf_name, file_name in zip(prepared["shelf_names"], documents, strict=True)
        ]
        box = Box.objects.get(pk=prepared["box"])
        return ConfirmationRequest(
            get_cloud_signing(box).start(box.operator_box_id, thumbprint, files)
        )

    def get_answer(self, key_ref: str, prepared: Any, confirmation_id: str) -> ConfirmationAnswer:
        box = Box.objects.get(pk=prepared["box"])
        result = get_cloud_signing(box).get_result(box.operator_box_id, confirmation_id)
        return ConfirmationAnswer(
            signatures=result.signatures,
            failure=FAILURES.get(result.status, ""),
            ask_again_after=ASK_AGAIN_SECONDS.get(result.status),
            place=BUSY_PLACE if result.status == Status.OWNER_BUSY else result.place,
        )


def _find_signatory(key_ref: str) -> Signatory:
    signatory = Signatory.objects.filter(key_ref=key_ref).first()
    if signatory is None:
        raise Refused(SYSTEM, KEY_UNKNOWN)
    return signatory


def _find_box(signatory: Signatory) -> Box:
    box = signatory.boxes.filter(active=True).order_by("pk").first()
    if box is None:
        raise Refused(SYSTEM, KEY_UNKNOWN)
    return box


register_provider(
    SigningProvider.OPERATOR_DSS, lambda: ConfirmedSigningService(OperatorDssClient())
)
