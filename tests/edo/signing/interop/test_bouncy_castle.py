"""ГОСТ with BouncyCastle as the other side: theirs by us, ours by them.

Collected only with --long, where the library and a JDK are installed
(`tests/support/plugins/interop.py`).
"""

import subprocess
from pathlib import Path

import pytest
from asn1crypto import cms as asn1

from econtract.platform.crypto.gost import XCH_A
from edo.signing import cms
from edo.signing.trust import TrustStore
from tests.support.plugins.interop import BOUNCY_CASTLE
from tests.support.signing.gost_pki import TC26_512_A, gost_authority
from tests.support.signing.pki import PDF

SOURCE = Path(__file__).with_name("BouncyCastle.java")
CURVES = [
    ("256", "Tc26-Gost-3410-12-256-paramSetA"),
    ("256", "GostR3410-2001-CryptoPro-XchA"),
    ("512", "Tc26-Gost-3410-12-512-paramSetA"),
    ("512", "Tc26-Gost-3410-12-512-paramSetC"),
]


@pytest.fixture(scope="module")
def class_path(tmp_path_factory: pytest.TempPathFactory) -> str:
    classes = tmp_path_factory.mktemp("classes")
    libraries = ":".join(map(str, BOUNCY_CASTLE))
    compile_it = ["javac", "-cp", libraries, "-d", str(classes), str(SOURCE)]
    subprocess.run(compile_it, check=True, capture_output=True)
    return f"{libraries}:{classes}"


def run(class_path: str, *arguments: object) -> list[str]:
    command = ["java", "-cp", class_path, "BouncyCastle", *map(str, arguments)]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    return process.stdout.split()


def change_value(signature: bytes) -> bytes:
    info = asn1.ContentInfo.load(signature)
    value = bytearray(info["content"]["signer_infos"][0]["signature"].native)
    value[7] ^= 1
    info["content"]["signer_infos"][0]["signature"] = bytes(value)
    return info.dump()


@pytest.mark.parametrize(("bits", "curve"), CURVES)
def test_their_signatures_are_valid_and_each_change_is_found(
    class_path: str, tmp_path: Path, bits: str, curve: str
) -> None:
    (tmp_path / "content").write_bytes(PDF)
    run(class_path, "sign", tmp_path / "content", tmp_path, bits, curve)
    signature = (tmp_path / "signature.p7s").read_bytes()
    trust = TrustStore.load(tmp_path / "root.pem")
    assert cms.verify(signature, PDF, trust=trust).is_valid
    assert not cms.verify(signature, PDF + b"s", trust=trust).is_valid
    assert not cms.verify(change_value(signature), PDF, trust=trust).is_valid


# Debian's BouncyCastle cannot read keys without a digest, which RFC 9215 forbids for TC26_A.
@pytest.mark.parametrize("curve", [XCH_A, TC26_512_A])
def test_they_accept_ours_and_find_each_change(class_path: str, tmp_path: Path, curve: str) -> None:
    signer = gost_authority(curve).signer()
    signature = signer.sign(PDF)
    signatures = [signature, change_value(signature), signer.sign(PDF + b"s")]
    (tmp_path / "content").write_bytes(PDF)
    paths = []
    for number, encoded in enumerate(signatures):
        paths.append(tmp_path / f"{number}.p7s")
        paths[-1].write_bytes(encoded)
    verdicts = run(class_path, "verify", tmp_path / "content", *paths)
    assert verdicts == ["valid", "invalid", "invalid"]
