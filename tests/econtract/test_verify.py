"""`python -m econtract.verify`, run in a process without settings and database."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from tests.support.documents.packages import (
    MCHD_XML_NAME,
    SamplePackage,
    build_sample_package,
    recipient_signer,
)
from tests.support.documents.verification import (
    PROTOCOL,
    STAMPED_COPY,
    forge,
    make_old,
    pack,
    read_files,
)
from tests.support.paths import ROOT
from tests.support.signing.pki import (
    NOW,
    YEAR,
    Authority,
    authority,
    name_unknown_algorithm,
    write_trust,
)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> SamplePackage:
    return build_sample_package(tmp_path_factory.mktemp("package"))


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


def test_a_valid_package_is_reported_and_exits_with_0(sample: SamplePackage, roots: Path) -> None:
    process = run(sample.built.path, "--roots", roots)
    assert (process.returncode, process.stderr) == (0, "")
    for expected in [
        "Подпись отправителя",
        "Владелец: Петров Петр Петрович",
        "ИНН: 7701001100",
        f"Сертификат: {sample.parts.signatures[1].details.serial}",
        "Подписано: 21.11.2026 15:00:00 (GMT+03:00)",
        "Доверенность отправителя",
        "Печать пакета",
        "[да] Договор.pdf – подписанный документ",
        "Чего эта проверка не знает",
        "  – Когда поставлены подписи: время называют сами подписавшие.",
        "Итог: Все подписи действительны, файлы не изменены.",
    ]:
        assert expected in process.stdout


def test_the_roots_may_come_from_the_environment(sample: SamplePackage, roots: Path) -> None:
    assert run(sample.built.path, EDO_TRUST_ROOTS=str(roots)).returncode == 0


def test_the_sandbox_roots_are_the_default(sample: SamplePackage, tmp_path: Path) -> None:
    folder = tmp_path / "sandbox" / "ca"
    folder.mkdir(parents=True)
    write_trust(folder, authority())
    assert run(sample.built.path, ECONTRACT_DATA_DIR=str(tmp_path)).returncode == 0


def test_a_changed_package_exits_with_1_and_names_the_changed_file(
    sample: SamplePackage, roots: Path, tmp_path: Path
) -> None:
    changed = tmp_path / "changed.zip"
    with zipfile.ZipFile(sample.built.path) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name) + (b" " if name == "Договор.pdf" else b""))
    process = run(changed, "--roots", roots)
    assert process.returncode == 1
    assert "[НЕТ] Договор.pdf" in process.stdout
    assert sample.parts.document_sha256 in process.stdout
    assert "Итог: Проверка не пройдена." in process.stdout


@pytest.mark.parametrize("name", [STAMPED_COPY, PROTOCOL])
def test_a_forged_package_is_found(
    sample: SamplePackage, roots: Path, tmp_path: Path, name: str
) -> None:
    """Another contract's file, and a manifest with its checksums."""
    forged = tmp_path / "forged.zip"
    forged.write_bytes(pack(forge(read_files(sample.built.path), {name: b"%PDF of another"})))
    process = run(forged, "--roots", roots)
    assert process.returncode == 1
    assert "[НЕТ] Печать поставлена не на эти данные" in process.stdout
    assert "не изменены" not in process.stdout


def test_an_old_package_exits_with_3_and_says_that_it_has_no_seal(
    sample: SamplePackage, roots: Path, tmp_path: Path
) -> None:
    old = tmp_path / "old.zip"
    old.write_bytes(pack(make_old(read_files(sample.built.path))))
    process = run(old, "--roots", roots)
    assert process.returncode == 3
    assert "Итог: Подписи документа действительны. Пакет без печати" in process.stdout
    assert "не изменены" not in process.stdout


def test_the_seal_may_have_roots_of_its_own(
    sample: SamplePackage, roots: Path, tmp_path: Path
) -> None:
    other = write_trust(tmp_path, Authority("Другой"))
    process = run(sample.built.path, "--roots", roots, "--seal-roots", other)
    assert process.returncode == 1
    assert "Печать выдана неизвестным центром" in process.stdout


def test_without_roots_it_says_which_option_to_use(sample: SamplePackage) -> None:
    process = run(sample.built.path)
    assert (process.returncode, process.stdout) == (1, "")
    assert "--roots" in process.stderr
    assert "Traceback" not in process.stderr


def test_a_package_is_invalid_with_foreign_roots(sample: SamplePackage, tmp_path: Path) -> None:
    assert run(sample.built.path, "--roots", write_trust(tmp_path, Authority())).returncode == 1


def test_a_revocation_list_is_used(sample: SamplePackage, roots: Path, tmp_path: Path) -> None:
    revoked = authority().revocation_list({recipient_signer().certificate: NOW - YEAR})
    path = tmp_path / "list.crl"
    path.write_bytes(revoked.public_bytes(Encoding.DER))
    process = run(sample.built.path, "--roots", roots, "--crl", path)
    assert process.returncode == 1
    assert "отозван" in process.stdout


def test_a_signature_that_cannot_be_judged_exits_with_4(
    sample: SamplePackage, roots: Path, tmp_path: Path
) -> None:
    document, signature = tmp_path / "d.pdf", tmp_path / "s.sig"
    document.write_bytes(b"content")
    signature.write_bytes(name_unknown_algorithm(recipient_signer().sign(b"content")))
    process = run(document, signature, "--roots", roots)
    assert (process.returncode, process.stderr) == (4, "")
    assert "[ ? ] Не удалось проверить. Алгоритм подписи" in process.stdout


def test_detached_signatures_are_verified_with_their_power_of_attorney(
    sample: SamplePackage, roots: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(sample.built.path) as archive:
        archive.extractall(tmp_path)
    sender = tmp_path / "Договор (подпись отправителя).p7s"
    mchd = tmp_path / MCHD_XML_NAME
    files = [tmp_path / "Договор.pdf", sender, mchd, f"{mchd}.sig"]
    assert run(*files, "--roots", roots).returncode == 0
    files[0] = tmp_path / "Протокол подписания.pdf"
    assert run(*files, "--roots", roots).returncode == 1


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"%PDF-1.7", b"\x00" * 1000])
def test_a_file_that_is_not_a_package_exits_with_1(
    content: bytes, roots: Path, tmp_path: Path
) -> None:
    path = tmp_path / "some.zip"
    path.write_bytes(content)
    process = run(path, "--roots", roots)
    assert process.returncode == 1
    assert "Итог: Проверка не пройдена." in process.stdout
    assert process.stderr == ""


def test_a_missing_file_exits_with_1_and_a_message(roots: Path) -> None:
    process = run("/nonexistent.zip", "--roots", roots)
    assert process.returncode == 1
    assert "Файл не читается: /nonexistent.zip." in process.stderr


def test_a_reader_that_stops_reading_is_no_error(sample: SamplePackage, roots: Path) -> None:
    """Like ``| head``: the pipe is closed before the report is written."""
    command = [sys.executable, "-m", "econtract.verify", sample.built.path, "--roots", roots]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert (process.wait(60), errors) == (141, "")
