"""The electronic archives (manual, 5.3): a document goes in, a barcode or an ID comes out."""

import base64
import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO, Protocol
from uuid import UUID

from clients.models import ArchiveSystem
from econtract.platform.common.errors import Unavailable
from econtract.platform.common.http import OutsideHttp

# Printable ASCII: the code is printed as a Code 128 symbol.
_CODE = re.compile(r"[!-~]{1,64}")
SYSTEMS = {ArchiveSystem.APD: "archive_apd", ArchiveSystem.RIO: "archive_rio"}


class Kind(StrEnum):
    """What is lodged: the PDF when the task is created, the ZIP when all have signed."""

    DOCUMENT = "document"
    PACKAGE = "package"


@dataclass(frozen=True, kw_only=True)
class Card:
    """What the archive is told of a file.

    ``document_code`` is the archive's code of the document that a package belongs to.
    """

    reference: str
    file_name: str
    document_number: str
    document_kind: str
    client_inn: str
    account_number: str
    document_code: str | None = None


class ElectronicArchive(Protocol):
    """One archive system."""

    def lodge(self, *, kind: Kind, file: BinaryIO, card: Card, key: UUID | str) -> str:
        """Puts ``file`` into the archive; its «Штрих код документа» (АПД) or «ИД документа» (РИО).

        The same ``key`` gives the same code and leaves one document there. Raises Unavailable
        (repeat with the same key) or Refused («archive_rejected»: the archive turned it away).
        """


class HttpArchive:
    """An archive that speaks the protocol of docs/protocols.md, section 6."""

    def __init__(self, system: str) -> None:
        self._http = OutsideHttp(system)

    def lodge(self, *, kind: Kind, file: BinaryIO, card: Card, key: UUID | str) -> str:
        content = file.read()
        body = {
            "kind": kind,
            "reference": card.reference,
            "file_name": card.file_name,
            "content": base64.b64encode(content).decode(),
            "sha256": hashlib.sha256(content).hexdigest(),
            "document_number": card.document_number,
            "document_kind": card.document_kind,
            "client_inn": card.client_inn,
            "account_number": card.account_number,
            "document_code": card.document_code,
        }
        answer = self._http.post("/v1/documents", json=body, idempotency_key=key)
        code = answer.get("code") if isinstance(answer, dict) else None
        if not isinstance(code, str) or not _CODE.fullmatch(code):
            raise Unavailable(self._http.system, "the answer has no code")
        return code


def archive_for(system: ArchiveSystem | str) -> ElectronicArchive:
    """The archive of a region, by ``Region.archive``."""
    return HttpArchive(SYSTEMS[ArchiveSystem(system)])
