"""The ЭДО operator: the shelf."""

import base64
import re

import httpx
import pytest

from tests.support.sandbox import ROMASHKA, Sandbox
from tests.support.sandbox_edo import error_of, upload_to_shelf

MEGABYTE = 1024 * 1024
OCTETS = {"Content-Type": "application/octet-stream"}


def upload(sandbox: Sandbox, path: str, content: bytes, **params: str) -> httpx.Response:
    """POST content to a method of the shelf."""
    return sandbox.http.post(f"/edo/{path}", params=params, content=content, headers=OCTETS)


def test_the_operator_names_an_uploaded_file(sandbox: Sandbox) -> None:
    response = upload(sandbox, "V2/ShelfUpload", b"%PDF", fileExtension=".pdf")
    assert re.fullmatch(r"dd-api-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", response.text)
    item = sandbox.get("/edo/V2/ShelfDownload", fileName=response.text)
    assert item.content == b"%PDF"
    assert item.headers["Content-Disposition"] == f'attachment; filename="{response.text}.pdf"'


def test_the_same_content_gets_another_name_each_time(sandbox: Sandbox) -> None:
    assert upload_to_shelf(sandbox, b"1") != upload_to_shelf(sandbox, b"1")


def test_over_three_megabytes_must_be_uploaded_in_parts(sandbox: Sandbox) -> None:
    content = b"0" * (3 * MEGABYTE) + b"1"
    assert error_of(upload(sandbox, "V2/ShelfUpload", content))[0] == 400
    name = upload(sandbox, "ShelfUploadPartInit", content[:-1]).text
    assert sandbox.get("/edo/V2/ShelfDownload", fileName=name).status_code == 404
    last = upload(sandbox, "ShelfUploadPart", b"1", fileName=name, partIndex="1", isLastPart="true")
    assert last.status_code == 200
    assert sandbox.get("/edo/V2/ShelfDownload", fileName=name).content == content


def test_a_part_that_is_missing_keeps_the_file_incomplete(sandbox: Sandbox) -> None:
    name = upload(sandbox, "ShelfUploadPartInit", b"1").text
    upload(sandbox, "ShelfUploadPart", b"3", fileName=name, partIndex="2", isLastPart="true")
    assert sandbox.get("/edo/V2/ShelfDownload", fileName=name).status_code == 404


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"fileName": "dd-api-unknown", "partIndex": "1"}, 404),
        ({"partIndex": "1"}, 400),
        ({"fileName": "", "partIndex": "0"}, 400),
        ({"fileName": "", "partIndex": "1", "isLastPart": "1"}, 400),
    ],
)
def test_a_wrong_part_is_refused(sandbox: Sandbox, params: dict[str, str], status: int) -> None:
    name = upload(sandbox, "ShelfUploadPartInit", b"1").text
    if params.get("fileName") == "":
        params = {**params, "fileName": name}
    assert upload(sandbox, "ShelfUploadPart", b"2", **params).status_code == status


def test_a_body_may_be_base64_and_nothing_else(sandbox: Sandbox) -> None:
    body, base64_header = base64.b64encode(b"content"), {"Content-Type": "base64"}
    response = sandbox.http.post("/edo/V2/ShelfUpload", content=body, headers=base64_header)
    item = sandbox.get("/edo/V2/ShelfDownload", fileName=response.text)
    assert item.content == b"content"
    other = sandbox.http.post("/edo/V2/ShelfUpload", json={})
    assert other.status_code == 415


def test_a_callers_own_shelf_is_closed_to_others(sandbox: Sandbox) -> None:
    client = {"Authorization": f"Bearer client-{ROMASHKA}"}
    params = {"fileName": upload_to_shelf(sandbox, b"secret")}
    response = sandbox.http.get("/edo/V2/ShelfDownload", params=params, headers=client)
    assert response.status_code == 404
