"""The authority of the sandbox that signs by ГОСТ, and sandboxes that were set up before it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509

from econtract.platform.crypto import gost
from edo.crypto.digests import digest
from edo.signing import cms
from edo.signing.report import SignatureReport
from edo.signing.revocation import RevocationStatus
from edo.signing.trust import TrustStore
from tests.support.paths import ROOT
from tests.support.sandbox import ROMASHKA, Sandbox, running
from tests.support.signing.pki import PDF


def set_up(folder: Path, signatures: str) -> Path:
    """Run the set-up of a sandbox; returns the folder of its authority."""
    settings = {"ECONTRACT_DATA_DIR": str(folder), "SANDBOX_SIGNATURES": signatures}
    environment = {**os.environ, **settings}
    command = [sys.executable, "-m", "econtract.sandbox", "setup"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    return folder / "sandbox" / "ca"


@pytest.fixture(scope="module")
def gost_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    folder = tmp_path_factory.mktemp("sandbox")
    with running(folder, SANDBOX_SIGNATURES="gost") as sandbox:
        yield sandbox


def verify(sandbox: Sandbox, signature: bytes, content: bytes = PDF) -> SignatureReport:
    folder = sandbox.trust_roots.parent
    lists = [folder / "crl.der", folder / "gost-crl.der"]
    return cms.verify(signature, content, trust=TrustStore.load(sandbox.trust_roots, lists))


@pytest.mark.parametrize("key_ref", ["head", "signer-ivanova", "seal"])
def test_our_keys_sign_with_streebog(gost_sandbox: Sandbox, key_ref: str) -> None:
    signature = gost_sandbox.signature(key_ref, PDF)
    report = verify(gost_sandbox, signature)
    assert report.is_valid, report
    assert (report.digest_algorithm, report.revocation) == ("streebog256", RevocationStatus.GOOD)
    assert report.accreditation is not None
    assert report.accreditation.is_test
    known = {"streebog256": digest("streebog256", PDF)}
    trust = TrustStore.load(gost_sandbox.trust_roots)
    assert cms.verify_digest(signature, known, trust=trust).is_valid
    assert not verify(gost_sandbox, signature, PDF + b"s").is_valid


def test_an_expired_and_a_revoked_certificate_are_found(gost_sandbox: Sandbox) -> None:
    for key_ref, code in (
        ("signer-egorov", "certificate_expired"),
        ("signer-volkova", "certificate_revoked"),
    ):
        report = verify(gost_sandbox, gost_sandbox.signature(key_ref, PDF))
        assert [problem.code for problem in report.problems] == [code]


def test_clients_sign_with_streebog_too(gost_sandbox: Sandbox) -> None:
    answer = gost_sandbox.control("client-signatures", inn=ROMASHKA, content="", signed_at=None)
    certificate = x509.load_pem_x509_certificate(answer["certificate"].encode())
    assert certificate.signature_algorithm_oid.dotted_string == gost.SIGNATURE_256


def test_a_sandbox_of_before_keeps_its_keys_and_gets_the_new_authority(tmp_path: Path) -> None:
    folder = set_up(tmp_path, "ecdsa")
    before = (folder / "roots.pem").read_bytes(), (folder / "issuing.key").read_bytes()
    assert not (folder / "gost-issuing.key").exists()
    set_up(tmp_path, "gost")
    after = (folder / "roots.pem").read_bytes(), (folder / "issuing.key").read_bytes()
    assert after[0].startswith(before[0])
    assert len(x509.load_pem_x509_certificates(after[0])) == 2
    assert after[1] == before[1]
    key = (folder / "gost-issuing.key").read_bytes()
    set_up(tmp_path, "gost")
    assert (folder / "gost-issuing.key").read_bytes() == key
