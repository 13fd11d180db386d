"""The sandbox's time-stamp service, checked with openssl."""

import subprocess
from pathlib import Path

import pytest
from asn1crypto import tsp

from tests.support.sandbox import Sandbox
from tests.support.signing.openssl import has_gost_engine, openssl_environment

QUERY = {"Content-Type": "application/timestamp-query"}


# Where the engine is no package (Debian 13), the test of ГОСТ is not collected.
DIGESTS = ["-sha256", *(["-md_gost12_256"] if has_gost_engine() else [])]


def openssl(folder: Path, *arguments: str) -> str:
    command, environment = ["openssl", "ts", *arguments], openssl_environment()
    result = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    return result.stdout + result.stderr


def ask(sandbox: Sandbox, folder: Path, *options: str) -> None:
    """Writes the service's response to a query over data.bin to reply.tsr."""
    (folder / "data.bin").write_bytes(b"bytes to stamp")
    openssl(folder, "-query", "-data", "data.bin", "-out", "query.tsq", *options)
    query = (folder / "query.tsq").read_bytes()
    response = sandbox.http.post("/tsp", content=query, headers=QUERY)
    assert response.headers["Content-Type"] == "application/timestamp-reply"
    (folder / "reply.tsr").write_bytes(response.content)


@pytest.mark.parametrize("digest", DIGESTS)
def test_openssl_accepts_its_stamps(sandbox: Sandbox, tmp_path: Path, digest: str) -> None:
    ask(sandbox, tmp_path, digest, "-cert")
    arguments = ["-verify", "-queryfile", "query.tsq", "-in", "reply.tsr"]
    output = openssl(tmp_path, *arguments, "-CAfile", str(sandbox.trust_roots))
    assert "Verification: OK" in output
    is_gost = "E-Contract (ГОСТ)".encode() in (tmp_path / "reply.tsr").read_bytes()
    assert is_gost == ("gost" in digest)


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
