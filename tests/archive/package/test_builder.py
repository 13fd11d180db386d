import datetime as dt
import hashlib
import json
import re
import shlex
import subprocess
import time
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from archive.package import manifest
from archive.package.builder import DocumentChanged, build_package
from archive.package.parts import PackageParts, PartySide
from tests.support.packages import Made, contract, package, parts, signature
from tests.support.pki import DAY, authority

STEM = "Договор"
MCHD = "ON_EMCHD_20260101_2f0b1a5e-33f4-4c3b-9ef2-111111111111.xml"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return package(tmp_path_factory.mktemp("package"))


@pytest.fixture(scope="module")
def unpacked(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(made.built.path) as archive:
        archive.extractall(folder)
    return folder


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    text = "".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    return text.replace("\r\n", "\n")


def test_the_package_holds_everything_that_proves_the_signing(made: Made) -> None:
    with zipfile.ZipFile(made.built.path) as archive:
        assert archive.namelist() == [
            f"{STEM}.pdf",
            f"{STEM} (подпись отправителя).p7s",
            f"{STEM} (подпись получателя).p7s",
            MCHD,
            f"{MCHD}.sig",
            f"PDF/{STEM} (с отметками).pdf",
            "Протокол подписания.pdf",
            "Корневые сертификаты.pem",
            "ПРОЧТИ.txt",
            "manifest.json",
        ]
        assert archive.read(f"{STEM}.pdf") == contract()
        assert archive.read(f"{STEM} (подпись получателя).p7s") == made.parts.signatures[1].der
        assert archive.read(MCHD) == made.parts.powers[0].xml
    assert made.built.file_name == "Договор (подписан).zip"


def test_names_outside_ascii_are_marked_as_utf8(made: Made) -> None:
    with zipfile.ZipFile(made.built.path) as archive:
        for entry in archive.infolist():
            assert entry.filename.isascii() or entry.flag_bits & 0x800


def test_the_manifest_names_every_other_file_with_its_hash(made: Made) -> None:
    with zipfile.ZipFile(made.built.path) as archive:
        stated = manifest.parse_manifest(archive.read("manifest.json"))
        found = {
            name: (hashlib.sha256(archive.read(name)).hexdigest(), archive.getinfo(name).file_size)
            for name in archive.namelist()
            if name != "manifest.json"
        }
    assert {entry.name: (entry.sha256, entry.size) for entry in stated.files} == found
    assert stated.code == made.built.code
    assert stated.verification_url == f"https://contract.example/verify/{made.built.code}/"


@pytest.mark.parametrize("changed", ["code", "identifiers", "parties", "files", "format"])
def test_a_changed_manifest_is_found(unpacked: Path, changed: str) -> None:
    body = json.loads((unpacked / "manifest.json").read_bytes())
    body[changed] = (
        "x"
        if isinstance(body[changed], str)
        else body[changed][:-1]
        if isinstance(body[changed], list)
        else {}
    )
    with pytest.raises(manifest.ManifestError):
        manifest.parse_manifest(json.dumps(body).encode())


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"null", b'{"checksum": 1}', b"[" * 100_000])
def test_what_is_no_manifest_is_refused(data: bytes) -> None:
    with pytest.raises(manifest.ManifestError):
        manifest.parse_manifest(data)


def test_the_commands_of_the_readme_work_as_they_stand(made: Made, unpacked: Path) -> None:
    readme = (unpacked / "ПРОЧТИ.txt").read_text("utf-8-sig")
    commands = re.findall(r"^(?:openssl|xmllint) .*$", readme, re.MULTILINE)
    assert len([line for line in commands if " cms -verify " in line]) == 3
    assert len([line for line in commands if line.startswith("xmllint")]) == 1
    for line in commands:
        done = subprocess.run(
            shlex.split(line), cwd=unpacked, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (line, done.stderr)
        if " cms -verify " in line:
            assert "CMS Verification successful" in done.stderr
        if " x509 " in line:
            assert "Петров Петр Петрович" in done.stdout


def test_the_commands_still_work_years_after_the_certificates_have_expired(
    tmp_path: Path,
) -> None:
    then = dt.datetime(2020, 5, 1, tzinfo=dt.UTC)
    ready = parts(tmp_path)
    signer = authority().signer(valid_from=then - DAY, valid_until=then + DAY)
    signed = [signature(signer, side, contract(), signed_at=then) for side in PartySide]
    built = build_package(
        parts=replace(ready, signatures=signed, powers=[]), target=tmp_path / "package.zip"
    )
    with zipfile.ZipFile(built.path) as archive:
        archive.extractall(tmp_path)
    readme = (tmp_path / "ПРОЧТИ.txt").read_text("utf-8-sig")
    commands = re.findall(r"^openssl cms .*$", readme, re.MULTILINE)
    assert len(commands) == 2
    for line in commands:
        subprocess.run(shlex.split(line), cwd=tmp_path, capture_output=True, check=True)


def test_the_readme_is_plain_text_for_any_notepad(unpacked: Path) -> None:
    raw = (unpacked / "ПРОЧТИ.txt").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\n") == raw.count(b"\r\n")


def test_openssl_refuses_a_changed_document(unpacked: Path, tmp_path: Path) -> None:
    changed = bytearray((unpacked / f"{STEM}.pdf").read_bytes())
    changed[len(changed) // 2] ^= 1
    (tmp_path / "changed.pdf").write_bytes(changed)
    signature = unpacked / f"{STEM} (подпись отправителя).p7s"
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", str(signature)]
    command += ["-content", "changed.pdf", "-noverify", "-out", "/dev/null"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "digest failure" in done.stderr or "verification failure" in done.stderr


def test_built_again_it_is_byte_identical(made: Made, tmp_path: Path) -> None:
    time.sleep(1.1)  # past the second in which a clock might have been asked
    again = build_package(parts=made.parts, target=tmp_path / "again.zip")
    assert again.sha256 == made.built.sha256
    assert again.path.read_bytes() == made.built.path.read_bytes()


def test_a_document_other_than_the_signed_one_is_never_packed(tmp_path: Path) -> None:
    ready = parts(tmp_path)
    ready.pdf.write_bytes(contract() + b"\n")
    with pytest.raises(DocumentChanged):
        build_package(parts=ready, target=tmp_path / "package.zip")


def test_a_broken_pdf_is_an_error_and_not_a_package(tmp_path: Path) -> None:
    ready = parts(tmp_path, content=b"%PDF-1.7 not really")
    with pytest.raises(pikepdf.PdfError):
        build_package(parts=ready, target=tmp_path / "package.zip")


def test_a_hostile_file_name_does_no_harm(tmp_path: Path) -> None:
    made = package(tmp_path, file_name='../../$(id) "x`\u202e.docx')
    with zipfile.ZipFile(made.built.path) as archive:
        names = archive.namelist()
        readme = archive.read("ПРОЧТИ.txt").decode("utf-8-sig")
    assert "(id) x.pdf" in names
    assert not [name for name in names if ".." in name or '"' in name]
    assert "$(" not in readme
    assert "`" not in readme


def test_the_code_is_that_of_the_signed_document(made: Made, tmp_path: Path) -> None:
    signatures = made.parts.signatures
    same = replace(made.parts, file_name="Другое имя.pdf", events=[])
    other = replace(made.parts, signatures=[signatures[0], replace(signatures[1], der=b"other")])
    assert re.fullmatch(r"[a-z2-7]{24}", made.parts.code)
    assert same.code == made.parts.code
    assert other.code != made.parts.code


def test_the_protocol_tells_the_whole_course(made: Made, unpacked: Path) -> None:
    text = text_of((unpacked / "Протокол подписания.pdf").read_bytes())
    joined = "".join(text.split())
    details = made.parts.signatures[0].details
    for expected in [
        "Протокол подписания",
        "850770100110",
        "10482",
        "Контур.Диадок",
        "5e0a7b0e-0b1c-4f0e-8f53-000000000002",
        "АПД: 4600000000017",
        "ПАО «Ростелеком»",
        "ООО «Ромашка»",
        made.parts.document_sha256,
        hashlib.sha256(made.parts.signatures[1].der).hexdigest(),
        details.serial,
        details.owner,
        "2f0b1a5e-33f4-4c3b-9ef2-111111111111",
        "21.11.2026 14:51:00 (GMT+03:00)",
        "Документ подписан",
        made.parts.verification_url,
    ]:
        assert "".join(expected.split()) in joined, expected


def fonts_of(pdf: bytes) -> dict[str, bool]:
    """Every font of a PDF by name, and whether it is inside the file."""
    found = {}
    with pikepdf.open(BytesIO(pdf)) as document:
        for thing in document.objects:
            if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/FontDescriptor":
                embedded = any(key in thing for key in ("/FontFile", "/FontFile2", "/FontFile3"))
                found[str(thing.FontName)] = embedded
    return found


@pytest.mark.parametrize("name", [f"PDF/{STEM} (с отметками).pdf", "Протокол подписания.pdf"])
def test_fonts_are_our_own_and_inside_the_file(unpacked: Path, name: str) -> None:
    fonts = fonts_of((unpacked / name).read_bytes())
    assert fonts
    assert all(fonts.values())
    assert all("EContract-Sans" in font for font in fonts)


def test_no_font_of_the_system_is_needed(made: Made, tmp_path: Path) -> None:
    """Typeset in a process that sees no system font at all: the very same bytes."""
    nowhere = tmp_path / "fonts.conf"
    nowhere.write_text(f"<fontconfig><cachedir>{tmp_path}</cachedir></fontconfig>")
    script = (
        "import sys; from datetime import datetime, UTC; "
        "from archive.typesetting.pdf import html_to_pdf;"
        "sys.stdout.buffer.write(html_to_pdf('<p>Подпись № 5 «Әлия» ✓</p>', css='', title='т',"
        " moment=datetime(2026, 1, 1, tzinfo=UTC)))"
    )
    command = [__import__("sys").executable, "-c", script]
    seen = [
        subprocess.run(command, capture_output=True, check=True, env=environment).stdout
        for environment in (None, {"FONTCONFIG_FILE": str(nowhere), "PYTHONPATH": "."})
    ]
    assert seen[0] == seen[1]
    assert "Подпись № 5 «Әлия» ✓" in text_of(seen[0])


def test_parts_without_a_power_of_attorney_or_roots_make_a_package(tmp_path: Path) -> None:
    ready: PackageParts = replace(parts(tmp_path), powers=[], trust_roots=b"")
    built = build_package(parts=ready, target=tmp_path / "package.zip")
    with zipfile.ZipFile(built.path) as archive:
        assert not [name for name in archive.namelist() if name.startswith("ON_EMCHD")]
        readme = archive.read("ПРОЧТИ.txt").decode("utf-8-sig")
    assert "xmllint" not in readme
    assert '-CAfile "Корневые сертификаты.pem"' in readme
