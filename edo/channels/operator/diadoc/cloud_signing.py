"""The cloud signature of Контур.Диадок: the owner of a certificate confirms on their phone."""

import base64
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from econtract.platform.common.errors import Refused
from edo.channels.operator.cloud_signing import CloudSigning, CloudSigningStatus, ShelfFile
from edo.channels.operator.diadoc.api import DiadocApi
from edo.channels.operator.diadoc.client import DiadocGateway
from edo.channels.operator.diadoc.errors import NOT_FOUND, SYSTEM, translate_errors
from edo.channels.operator.diadoc.organisations import to_box_guid
from edo.signing.providers.protocol import CONFIRMATION_FAILED, KEY_UNKNOWN

SIGNED = "SigningCompleted"
STATUSES = {
    "Completed": CloudSigningStatus.SIGNED,
    "CanceledByUser": CloudSigningStatus.DECLINED,
    "Timeout": CloudSigningStatus.EXPIRED,
    "Crashed": CloudSigningStatus.FAILED,
    "UserHasUnconfirmedOperation": CloudSigningStatus.OWNER_BUSY,
    "OperationRetryRequired": CloudSigningStatus.RETRY_LATER,
}
PLACES = {
    "Sms": "по СМС на телефоне",
    "MyDss": "в приложении myDSS на телефоне",
    "Applet": "в сообщении SIM-карты на телефоне",
    "MobileSdk": "в приложении Контур.Подпись на телефоне",
    "GosKey": "в приложении Госключ на телефоне",
}


class DiadocCloudSigning:
    """A `CloudSigningGateway`."""

    def __init__(self) -> None:
        self._api = DiadocApi()

    def upload(self, content: bytes) -> str:
        return DiadocGateway().upload_to_shelf(content)

    def start(self, box_id: str, thumbprint: str, files: Sequence[ShelfFile]) -> str:
        body = {
            "Files": [
                {"Content": {"NameOnShelf": file.shelf_name}, "FileName": file.file_name}
                for file in files
            ],
            "SignDataSource": "CertificateSign",
            "CertificateData": {"Thumbprint": thumbprint},
        }
        with translate_errors(), _refused_when_missing(KEY_UNKNOWN):
            response = self._api.http.request(
                "POST", "/V2/DssSign", params={"boxId": to_box_guid(box_id)}, json=body
            )
            return str(response.json()["TaskId"])

    def get_result(self, box_id: str, signing_id: str) -> CloudSigning:
        with translate_errors(), _refused_when_missing(CONFIRMATION_FAILED):
            params = {"boxId": to_box_guid(box_id), "taskId": signing_id}
            return _parse_result(self._api.get("/DssSignResult", **params))


def _parse_result(body: dict[str, Any]) -> CloudSigning:
    """An unknown status of a later version of the API counts as waiting."""
    status = STATUSES.get(body.get("OperationStatus", ""), CloudSigningStatus.WAITING)
    signatures: tuple[bytes | None, ...] = ()
    if status == CloudSigningStatus.SIGNED:
        signatures = tuple(
            base64.b64decode(result["Signature"], validate=True)
            if result["FileSigningStatus"] == SIGNED
            else None
            for result in body["FileSigningResults"]
        )
    return CloudSigning(status, signatures, PLACES.get(body.get("ConfirmType", ""), ""))


@contextmanager
def _refused_when_missing(code: str) -> Iterator[None]:
    """404: the box is ours, so it is the certificate or the operation that is unknown."""
    try:
        yield
    except Refused as refusal:
        if refusal.status == NOT_FOUND:
            raise Refused(SYSTEM, code) from refusal
        raise
