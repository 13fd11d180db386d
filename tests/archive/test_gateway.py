"""The archive gateway against the sandbox: whatever goes wrong, one document is archived."""

import io
import uuid
import zipfile
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from archive.gateway import ArchiveMetadata, SubmissionKind, archive_for
from clients.models import ArchiveSystem
from econtract.platform.common import http
from econtract.platform.common.errors import Refused, Unavailable
from tests.support import sandbox as world
from tests.support.documents.packages import contract_pdf
from tests.support.sandbox import Sandbox

APD, RIO = ArchiveSystem.APD, ArchiveSystem.RIO


@pytest.fixture(autouse=True)
def connect_archives(sandbox: Sandbox, settings: Any) -> Iterator[None]:
    """Points the gateways at the sandbox's archives."""
    settings.OUTSIDE = {
        f"archive_{name}": {"url": f"{sandbox.url}/archive/{name}", "token": "test"}
        for name in ("apd", "rio")
    }
    yield
    sandbox.clear_faults()


def build_metadata(
    client_inn: str = world.ROMASHKA, document_code: str | None = None
) -> ArchiveMetadata:
    return ArchiveMetadata(
        reference="10482",
        file_name="Договор.pdf",
        document_number="850770100110",
        document_kind="Договор",
        client_inn=client_inn,
        account_number="850770100110",
        document_code=document_code,
    )


def submit(system: str = APD, *, key: uuid.UUID | None = None, **more: Any) -> str:
    arguments: dict[str, Any] = {
        "kind": SubmissionKind.DOCUMENT,
        "metadata": build_metadata(),
    } | more
    file = io.BytesIO(arguments.pop("content", contract_pdf()))
    return archive_for(system).submit(file=file, key=key or uuid.uuid4(), **arguments)


def count_documents(sandbox: Sandbox, system: str = "apd") -> int:
    return len(sandbox.journal(system))


def test_apd_gives_a_barcode_and_rio_an_id(sandbox: Sandbox) -> None:
    barcode, document_id = submit(APD), submit(RIO)
    assert len(barcode) == 13
    assert barcode.isdigit()
    assert document_id.startswith("RIO-")
    assert (count_documents(sandbox), count_documents(sandbox, "rio")) == (1, 1)


def test_a_package_is_submitted_with_the_code_of_its_document(sandbox: Sandbox) -> None:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("Договор.pdf", contract_pdf())
    details = build_metadata(document_code=submit())
    code = submit(kind=SubmissionKind.PACKAGE, content=package.getvalue(), metadata=details)
    document = sandbox.http.get(f"/archive/apd/v1/documents/{code}").json()
    assert (document["kind"], document["document_code"]) == ("package", details.document_code)


def test_the_same_key_submits_once(sandbox: Sandbox) -> None:
    key = uuid.uuid4()
    assert submit(key=key) == submit(key=key)
    assert count_documents(sandbox) == 1


def test_a_retry_after_a_lost_answer_archives_one_document(sandbox: Sandbox) -> None:
    key = uuid.uuid4()
    sandbox.fault("apd", "lost_answer", times=3)
    with pytest.raises(Unavailable):
        submit(key=key)
    sandbox.clear_faults()
    submit(key=key)
    assert count_documents(sandbox) == 1


@pytest.mark.parametrize("kind", ["down", "error"])
def test_a_failing_archive_is_unavailable_and_later_accepts_the_document(
    sandbox: Sandbox, kind: str
) -> None:
    key = uuid.uuid4()
    sandbox.fault("apd", kind, times=None)
    with pytest.raises(Unavailable):
        submit(key=key)
    sandbox.clear_faults()
    assert submit(key=key)
    assert count_documents(sandbox) == 1


def test_a_retry_after_a_timeout_archives_one_document(sandbox: Sandbox, settings: Any) -> None:
    key = uuid.uuid4()
    settings.OUTSIDE_ANSWER_SECONDS = 0.5
    sandbox.fault("apd", "slow", times=1, seconds=1.5)
    with pytest.raises(Unavailable):
        submit(key=key)
    settings.OUTSIDE_ANSWER_SECONDS = 20
    submit(key=key)
    assert count_documents(sandbox) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        {"metadata": build_metadata(world.ARCHIVE_REJECTS)},
        {"content": b"not a pdf"},
        {"kind": SubmissionKind.PACKAGE},
    ],
)
def test_a_rejected_file_is_refused(sandbox: Sandbox, arguments: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refusal:
        submit(**arguments)
    assert refusal.value.code == "archive_rejected"
    assert count_documents(sandbox) == 0


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b'{"code": 5}', b'{"code": ""}', b'{"code": "\\u0417"}']
)
def test_an_answer_without_a_valid_code_is_unavailable(
    body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(201, content=body))
    with httpx.Client(transport=transport) as client:
        monkeypatch.setattr(http, "_client", lambda _: client)
        with pytest.raises(Unavailable):
            submit()
