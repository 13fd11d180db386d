"""The sandbox's time-stamp service, checked with openssl."""

import subprocess
from pathlib import Path

from asn1crypto import tsp

from tests.support.sandbox import Sandbox

QUERY = {"Content-Type": "application/timestamp-query"}


def openssl(folder: Path, *arguments: str) -> str:
    command = ["openssl", "ts", *arguments]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return result.stdout + result.stderr


def ask(sandbox: Sandbox, folder: Path, *options: str) -> None:
    """Writes the service's response to a query over data.bin to reply.tsr."""
    (folder / "data.bin").write_bytes(b"bytes to stamp")
    openssl(folder, "-query", "-data", "data.bin", "-out", "query.tsq", *options)
    query = (folder / "query.tsq").read_bytes()
    response = sandbox.http.post("/tsp", content=query, headers=QUERY)
    assert response.headers["Content-Type"] == "application/timestamp-reply"
    (folder / "reply.tsr").write_bytes(response.content)


def test_openssl_accepts_its_stamps(sandbox: Sandbox, tmp_path: Path) -> None:
    ask(sandbox, tmp_path, "-sha256", "-cert")
    arguments = ["-verify", "-queryfile", "query.tsq", "-in", "reply.tsr"]
    output = openssl(tmp_path, *arguments, "-CAfile", str(sandbox.trust_roots))
    assert "Verification: OK" in output


def test_without_a_request_for_certificates_there_are_none(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    ask(sandbox, tmp_path, "-sha512")
    reply = tsp.TimeStampResp.load((tmp_path / "reply.tsr").read_bytes())
    assert len(reply["time_stamp_token"]["content"]["certificates"]) == 0


def test_it_refuses_weak_digests_and_garbage(sandbox: Sandbox, tmp_path: Path) -> None:
    ask(sandbox, tmp_path, "-sha1")
    assert "unrecognized or unsupported algorithm" in openssl(
        tmp_path, "-reply", "-in", "reply.tsr", "-text"
    )
    response = sandbox.http.post("/tsp", content=b"garbage", headers=QUERY)
    (tmp_path / "reply.tsr").write_bytes(response.content)
    assert "wrong format" in openssl(tmp_path, "-reply", "-in", "reply.tsr", "-text")
    assert sandbox.http.post("/tsp", content=b"{}").status_code == 415
