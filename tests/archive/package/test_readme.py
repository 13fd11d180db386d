"""ПРОЧТИ.txt: its commands work, and Notepad can show it."""

import datetime as dt
import re
import shlex
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

from archive.package.builder import build_package
from archive.package.parts import PartySide
from tests.support.documents.packages import build_parts, contract_pdf, seal, sign_document
from tests.support.signing.pki import DAY, authority

DOCUMENT_NAME = "Договор"


def test_its_commands_work_as_they_are(unpacked: Path) -> None:
    readme = (unpacked / "ПРОЧТИ.txt").read_text("utf-8-sig")
    commands = re.findall(r"^(?:openssl|xmllint) .*$", readme, re.MULTILINE)
    commands = [line for line in commands if "evidence/stamps" not in line]
    assert len([line for line in commands if " cms -verify " in line]) == 4
    assert len([line for line in commands if line.startswith("xmllint")]) == 1
    for line in commands:
        result = subprocess.run(
            shlex.split(line), cwd=unpacked, capture_output=True, text=True, check=False
        )
        assert result.returncode == 0, (line, result.stderr)
        if " cms -verify " in line:
            assert "CMS Verification successful" in result.stderr
        if " x509 " in line:
            owner = "Печать E-Contract" if "seal.pem" in line else "Петров Петр Петрович"
            assert owner in result.stdout
            assert ("1.3.6.1.5.5.7.3.36" in result.stdout) == ("seal.pem" in line)


def test_its_commands_work_after_the_certificates_have_expired(
    tmp_path: Path,
) -> None:
    signing_time = dt.datetime(2020, 5, 1, tzinfo=dt.UTC)
    parts = build_parts(tmp_path)
    signer = authority().signer(valid_from=signing_time - DAY, valid_until=signing_time + DAY)
    signatures = [
        sign_document(signer, side, contract_pdf(), signed_at=signing_time) for side in PartySide
    ]
    built = build_package(
        parts=replace(parts, signatures=signatures, powers=[]),
        target=tmp_path / "package.zip",
        seal=seal,
    )
    with zipfile.ZipFile(built.path) as archive:
        archive.extractall(tmp_path)
    readme = (tmp_path / "ПРОЧТИ.txt").read_text("utf-8-sig")
    commands = re.findall(r"^openssl cms .*-signer \"(?:sender|recipient).*$", readme, re.MULTILINE)
    assert len(commands) == 2
    for line in commands:
        subprocess.run(shlex.split(line), cwd=tmp_path, capture_output=True, check=True)


def test_it_has_a_bom_and_windows_line_ends(unpacked: Path) -> None:
    raw = (unpacked / "ПРОЧТИ.txt").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\n") == raw.count(b"\r\n")


def test_openssl_rejects_a_changed_document(unpacked: Path, tmp_path: Path) -> None:
    changed = bytearray((unpacked / f"{DOCUMENT_NAME}.pdf").read_bytes())
    changed[len(changed) // 2] ^= 1
    (tmp_path / "changed.pdf").write_bytes(changed)
    signature = unpacked / f"{DOCUMENT_NAME} (подпись отправителя).p7s"
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", str(signature)]
    command += ["-content", "changed.pdf", "-noverify", "-out", "/dev/null"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode != 0
    assert "digest failure" in result.stderr or "verification failure" in result.stderr


def test_it_adapts_to_a_package_without_power_of_attorney_and_roots(tmp_path: Path) -> None:
    parts = replace(build_parts(tmp_path), powers=[], trust_roots=b"")
    built = build_package(parts=parts, target=tmp_path / "package.zip", seal=seal)
    with zipfile.ZipFile(built.path) as archive:
        assert not [name for name in archive.namelist() if name.startswith("ON_EMCHD_XML_NAME")]
        readme = archive.read("ПРОЧТИ.txt").decode("utf-8-sig")
    assert "xmllint" not in readme
    assert "https://contract.example/verify/roots.pem" in readme
    assert '-CAfile "Корневые сертификаты.pem"' in readme
