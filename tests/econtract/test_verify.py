"""The command as a stranger runs it: a process without settings, keys or database."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from tests.support.packages import (
    MCHD_XML_NAME,
    SamplePackage,
    build_sample_package,
    recipient_signer,
)
from tests.support.paths import ROOT
from tests.support.pki import NOW, YEAR, Authority, authority, write_trust


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> SamplePackage:
    return build_sample_package(tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_trust(tmp_path_factory.mktemp("roots"), authority())


def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    plain = {"PATH": os.environ["PATH"], "PYTHONUTF8": "1", "ECONTRACT_DATA_DIR": "/nonexistent"}
    return subprocess.run(
        [sys.executable, "-m", "econtract.verify", *map(str, arguments)],
        cwd=ROOT,
        env={**plain, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_good_package_is_told_in_words_and_ends_with_0(made: SamplePackage, roots: Path) -> None:
    done = run(made.built.path, "--roots", roots)
    assert (done.returncode, done.stderr) == (0, "")
    for expected in [
        "Подпись отправителя",
        "Владелец: Петров Петр Петрович",
        "ИНН: 7701001100",
        f"Сертификат: {made.parts.signatures[1].details.serial}",
        "Подписано: 21.11.2026 15:00:00 (GMT+03:00)",
        "Доверенность отправителя",
        "[да] Договор.pdf – подписанный документ",
        "Итог: Все подписи действительны, файлы не изменены.",
    ]:
        assert expected in done.stdout


def test_roots_come_from_the_environment_too(made: SamplePackage, roots: Path) -> None:
    assert run(made.built.path, EDO_TRUST_ROOTS=str(roots)).returncode == 0


def test_the_roots_of_the_sandbox_are_the_default(made: SamplePackage, tmp_path: Path) -> None:
    folder = tmp_path / "sandbox" / "ca"
    folder.mkdir(parents=True)
    write_trust(folder, authority())
    assert run(made.built.path, ECONTRACT_DATA_DIR=str(tmp_path)).returncode == 0


def test_a_tampered_package_ends_with_1_and_names_what_changed(
    made: SamplePackage, roots: Path, tmp_path: Path
) -> None:
    tampered = tmp_path / "tampered.zip"
    with zipfile.ZipFile(made.built.path) as old, zipfile.ZipFile(tampered, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name) + (b" " if name == "Договор.pdf" else b""))
    done = run(tampered, "--roots", roots)
    assert done.returncode == 1
    assert "[НЕТ] Договор.pdf" in done.stdout
    assert made.parts.document_sha256 in done.stdout
    assert "Итог: Проверка не пройдена." in done.stdout


def test_without_roots_it_says_what_to_give(made: SamplePackage) -> None:
    done = run(made.built.path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "--roots" in done.stderr
    assert "Traceback" not in done.stderr


def test_foreign_roots_do_not_make_it_hold(made: SamplePackage, tmp_path: Path) -> None:
    assert run(made.built.path, "--roots", write_trust(tmp_path, Authority())).returncode == 1


def test_a_revocation_list_is_heeded(made: SamplePackage, roots: Path, tmp_path: Path) -> None:
    revoked = authority().revocation_list({recipient_signer().certificate: NOW - YEAR})
    path = tmp_path / "list.crl"
    path.write_bytes(revoked.public_bytes(Encoding.DER))
    done = run(made.built.path, "--roots", roots, "--crl", path)
    assert done.returncode == 1
    assert "отозван" in done.stdout


def test_loose_files_are_checked_with_their_power_of_attorney(
    made: SamplePackage, roots: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(made.built.path) as archive:
        archive.extractall(tmp_path)
    sender = tmp_path / "Договор (подпись отправителя).p7s"
    mchd = tmp_path / MCHD_XML_NAME
    files = [tmp_path / "Договор.pdf", sender, mchd, f"{mchd}.sig"]
    assert run(*files, "--roots", roots).returncode == 0
    files[0] = tmp_path / "Протокол подписания.pdf"
    assert run(*files, "--roots", roots).returncode == 1


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"%PDF-1.7", b"\x00" * 1000])
def test_what_is_no_package_ends_with_1_and_a_sentence(
    content: bytes, roots: Path, tmp_path: Path
) -> None:
    path = tmp_path / "some.zip"
    path.write_bytes(content)
    done = run(path, "--roots", roots)
    assert done.returncode == 1
    assert "Итог: Проверка не пройдена." in done.stdout
    assert done.stderr == ""


def test_a_missing_file_ends_with_1_and_a_sentence(roots: Path) -> None:
    done = run("/nonexistent.zip", "--roots", roots)
    assert done.returncode == 1
    assert "Файл не читается: /nonexistent.zip." in done.stderr
