"""The electronic archives (docs/rules.md#document-archive): a file goes in, its code comes out."""

import base64
import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO, Protocol
from uuid import UUID

from clients.models import ArchiveSystem
from econtract.platform.common.errors import Unavailable
from econtract.platform.common.gateways import HttpGateway

# Printable ASCII only: the code is printed as a Code 128 symbol.
_CODE = re.compile(r"[!-~]{1,64}")
SYSTEMS = {ArchiveSystem.APD: "archive_apd", ArchiveSystem.RIO: "archive_rio"}


class SubmissionKind(StrEnum):
    """What is submitted: the PDF of a new task, or the ZIP after all parties have signed."""

    DOCUMENT = "document"
    PACKAGE = "package"


@dataclass(frozen=True, kw_only=True)
class ArchiveMetadata:
    """What the archive stores about a file.

    ``reference`` is the task's number. ``document_code`` is the archive's own code of the
    document that a package belongs to.
    """

    reference: str
    file_name: str
    document_number: str
    document_kind: str
    client_inn: str
    account_number: str
    document_code: str | None = None


class ElectronicArchive(Protocol):
    """One archive system, АПД or РИО."""

    def submit(
        self, *, kind: SubmissionKind, file: BinaryIO, metadata: ArchiveMetadata, key: UUID | str
    ) -> str:
        """Submits ``file``; returns its «Штрих код документа» (АПД) or «ИД документа» (РИО).

        Idempotent: with the same ``key`` the archive keeps one document and returns its code.
        Raises Unavailable (repeat with the same key) or Refused («archive_rejected»).
        """


class HttpArchive(HttpGateway):
    """An archive with the HTTP API of docs/protocols.md, section 6."""

    def __init__(self, system: str) -> None:
        self.system = system
        super().__init__()

    def submit(
        self, *, kind: SubmissionKind, file: BinaryIO, metadata: ArchiveMetadata, key: UUID | str
    ) -> str:
        content = file.read()
        body = {
            "kind": kind,
            "reference": metadata.reference,
            "file_name": metadata.file_name,
            "content": base64.b64encode(content).decode(),
            "sha256": hashlib.sha256(content).hexdigest(),
            "document_number": metadata.document_number,
            "document_kind": metadata.document_kind,
            "client_inn": metadata.client_inn,
            "account_number": metadata.account_number,
            "document_code": metadata.document_code,
        }
        answer = self.http.post("/v1/documents", json=body, idempotency_key=key)
        code = answer.get("code") if isinstance(answer, dict) else None
        if not isinstance(code, str) or not _CODE.fullmatch(code):
            raise Unavailable(self.system, "the answer has no code")
        return code


def archive_for(system: ArchiveSystem | str) -> ElectronicArchive:
    """The gateway to an archive system, for example that of `Region.archive`."""
    return HttpArchive(SYSTEMS[ArchiveSystem(system)])
