"""Archives made to do harm are refused in words, and in little memory."""

import io
import tracemalloc
import warnings
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from econtract.verification.package_files import MOST_ENTRIES, PackageFiles, UnreadablePackage
from econtract.verification.packages import verify_package
from econtract.verification.policy import VerificationPolicy
from edo.signing.trust import TrustStore
from tests.support.packages import build_sample_package

MEBIBYTE = 1024 * 1024
NOBODY = VerificationPolicy(trust=TrustStore(()))


def zipped(*files: tuple[str, bytes]) -> io.BytesIO:
    packed = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # of one name written twice
        for name, content in files:
            archive.writestr(name, content)
    return packed


def refusal(packed: io.BytesIO) -> str:
    [problem] = verify_package(packed, rules=NOBODY).problems
    return problem


@pytest.mark.parametrize("content", [b"", b"PK", b"%PDF-1.7", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_package_is_refused(content: bytes) -> None:
    assert refusal(io.BytesIO(content))


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
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    assert refusal(zipped((name, b"x"))) == "В архиве есть недопустимое имя файла."


@pytest.mark.parametrize(("first", "second"), [("а.pdf", "а.pdf"), ("а.pdf", "А.PDF")])
def test_one_name_twice_is_refused(first: str, second: str) -> None:
    assert "дважды" in refusal(zipped((first, b"1"), (second, b"2")))


def test_too_many_files_are_refused() -> None:
    packed = zipped(*((f"{number}.txt", b"") for number in range(MOST_ENTRIES + 1)))
    assert "больше" in refusal(packed)


def test_an_encrypted_archive_is_refused() -> None:
    raw = bytearray(zipped(("manifest.json", b"{}")).getvalue())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    raw[6] |= 1
    assert refusal(io.BytesIO(raw)) == "Архив зашифрован."


def test_an_archive_without_a_manifest_is_no_package() -> None:
    assert "manifest.json" in refusal(zipped(("Договор.pdf", b"%PDF")))


def test_a_bomb_is_refused_in_little_memory() -> None:
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


def test_many_large_files_are_refused_together() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4):
            archive.writestr(f"{number}.pdf", bytes(70 * MEBIBYTE))
    files = PackageFiles(packed)
    for name in ("0.pdf", "1.pdf"):
        files.digest(name)
    with pytest.raises(UnreadablePackage, match="слишком велик"):
        files.digest("2.pdf")


def test_a_manifest_that_is_a_bomb_is_refused() -> None:
    assert "слишком велик" in refusal(zipped(("manifest.json", bytes(9 * MEBIBYTE))))


def test_a_file_that_lies_about_its_size_is_named_as_damaged() -> None:
    raw = bytearray(zipped(("manifest.json", b"x" * 5000)).getvalue())
    central = raw.index(b"PK\x01\x02")
    raw[central + 16 : central + 20] = b"\0\0\0\0"  # the checksum
    assert refusal(io.BytesIO(raw)) == "Файл «manifest.json» в архиве поврежден."


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder: Path = tmp_path_factory.mktemp("good")
    return build_sample_package(folder).built.path.read_bytes()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_damage_to_an_archive_is_more_than_a_refusal(good: bytes, data: st.DataObject) -> None:
    raw = bytearray(good)
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(raw) - 1))
        raw[place] = data.draw(st.integers(0, 255))
    verdict = verify_package(io.BytesIO(raw), rules=NOBODY)
    assert not verdict.ok
