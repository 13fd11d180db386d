"""Hostile archives are rejected with a reason, and without using much memory."""

import io
import tracemalloc
import unicodedata
import warnings
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.package.manifest import NAME, SEAL_NAME
from econtract.verification.package_files import MAX_ENTRIES, PackageFiles, UnreadablePackage
from econtract.verification.packages import verify_package
from econtract.verification.policy import VerificationPolicy
from edo.signing.trust import TrustStore
from tests.support.documents.packages import build_sample_package
from tests.support.documents.verification import POLICY, Files

MEBIBYTE = 1024 * 1024
TRUST_NOBODY = VerificationPolicy(trust=TrustStore(()))


def build_zip(*files: tuple[str, bytes]) -> io.BytesIO:
    packed = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # about duplicate names
        for name, content in files:
            archive.writestr(name, content)
    return packed


def rejection(packed: io.BytesIO) -> str:
    [problem] = verify_package(packed, policy=TRUST_NOBODY).problems
    return problem


@pytest.mark.parametrize("content", [b"", b"PK", b"%PDF-1.7", b"PK\x05\x06" + bytes(18)])
def test_a_file_that_is_not_a_zip_is_rejected(content: bytes) -> None:
    assert rejection(io.BytesIO(content))


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../../x",
        "a/../../x",
        "C:\\x",
        "C:x",
        "a\\b",
        "a/./b",
        "..",
        "a\nb",
        "д" * 300,
    ],
)
def test_an_unsafe_name_is_rejected(name: str) -> None:
    assert rejection(build_zip((name, b"x"))) == "В архиве есть недопустимое имя файла."


@pytest.mark.parametrize(("first", "second"), [("а.pdf", "а.pdf"), ("а.pdf", "А.PDF")])
def test_duplicate_names_are_rejected(first: str, second: str) -> None:
    assert "дважды" in rejection(build_zip((first, b"1"), (second, b"2")))


def test_too_many_files_are_rejected() -> None:
    packed = build_zip(*((f"{number}.txt", b"") for number in range(MAX_ENTRIES + 1)))
    assert "больше" in rejection(packed)


def test_an_encrypted_archive_is_rejected() -> None:
    raw = bytearray(build_zip(("manifest.json", b"{}")).getvalue())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    raw[6] |= 1
    assert rejection(io.BytesIO(raw)) == "Архив зашифрован."


def test_an_archive_without_a_manifest_is_rejected() -> None:
    assert "manifest.json" in rejection(build_zip(("Договор.pdf", b"%PDF")))


def test_a_decompression_bomb_is_rejected_without_using_much_memory() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", b"{}")
        with archive.open("bomb.pdf", "w") as bomb:
            for _ in range(300):
                bomb.write(bytes(MEBIBYTE))
    files = PackageFiles(packed)
    tracemalloc.start()
    with pytest.raises(UnreadablePackage, match="слишком велик"):
        files.digest("bomb.pdf")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * MEBIBYTE


def test_the_total_size_of_the_files_is_limited() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4):
            archive.writestr(f"{number}.pdf", bytes(70 * MEBIBYTE))
    files = PackageFiles(packed)
    for name in ("0.pdf", "1.pdf"):
        files.digest(name)
    with pytest.raises(UnreadablePackage, match="слишком велик"):
        files.digest("2.pdf")


def test_a_huge_manifest_is_rejected() -> None:
    assert "слишком велик" in rejection(build_zip(("manifest.json", bytes(9 * MEBIBYTE))))


def test_a_file_with_a_wrong_checksum_is_reported_as_damaged() -> None:
    raw = bytearray(build_zip(("manifest.json", b"x" * 5000)).getvalue())
    central = raw.index(b"PK\x01\x02")
    raw[central + 16 : central + 20] = b"\0\0\0\0"  # the checksum
    assert rejection(io.BytesIO(raw)) == "Файл «manifest.json» в архиве поврежден."


@pytest.mark.parametrize(
    ("folder", "extras"),
    [
        ("Договор (подписан)/", []),
        ("Архив/Договор (подписан)/", ["Архив/Договор (подписан)/PDF/.DS_Store"]),
        ("", [".DS_Store", "__MACOSX/._Договор.pdf", "__MACOSX/PDF/._x.pdf", "._manifest.json"]),
        ("пакет/", ["__MACOSX/пакет/._Договор.pdf", "__MACOSX/._пакет", "пакет/.DS_Store"]),
        ("пакет/", ["пакет/Thumbs.db", "пакет/PDF/thumbs.db", "пакет/desktop.ini"]),
    ],
)
def test_a_package_that_was_packed_again_is_the_same(
    files: Files, folder: str, extras: list[str]
) -> None:
    packed = [(folder + unicodedata.normalize("NFD", name), files[name]) for name in files]
    folders = [("пакет/", b"")] if folder else []
    added = [(name, b"\0\1") for name in extras]
    result = verify_package(build_zip(*folders, *packed, *added), policy=POLICY)
    assert result.is_sealed
    assert result.ok
    assert {file.name for file in result.files} == files.keys() - {NAME, SEAL_NAME}


def test_a_file_beside_the_folder_is_still_an_added_file(files: Files) -> None:
    packed = [(f"пакет/{name}", content) for name, content in files.items()]
    assert "manifest.json" in rejection(build_zip(*packed, ("Приложение.pdf", b"%PDF")))
    result = verify_package(build_zip(*packed, ("пакет/Приложение.pdf", b"%PDF")), policy=POLICY)
    assert [file.name for file in result.files if file.problem] == ["Приложение.pdf"]


def test_only_system_files_are_rejected() -> None:
    assert "manifest.json" in rejection(build_zip((".DS_Store", b"")))


@pytest.fixture(scope="module")
def valid_package(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder: Path = tmp_path_factory.mktemp("package")
    return build_sample_package(folder).built.path.read_bytes()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_damaged_archive_never_raises_an_error(valid_package: bytes, data: st.DataObject) -> None:
    raw = bytearray(valid_package)
    for _ in range(data.draw(st.integers(1, 5))):
        index = data.draw(st.integers(0, len(raw) - 1))
        raw[index] = data.draw(st.integers(0, 255))
    result = verify_package(io.BytesIO(raw), policy=TRUST_NOBODY)
    assert not result.ok
