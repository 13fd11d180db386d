"""The package as a ZIP: its files, and that it is reproducible."""

import re
import time
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from archive.package.builder import DocumentChanged, build_package
from econtract.platform.common.errors import Unavailable
from tests.support.documents.packages import (
    MCHD_XML_NAME,
    SamplePackage,
    build_parts,
    build_sample_package,
    contract_pdf,
    seal,
)

DOCUMENT_NAME = "Договор"


def test_the_package_contains_everyobj_that_proves_the_signing(sample: SamplePackage) -> None:
    with zipfile.ZipFile(sample.built.path) as archive:
        assert archive.namelist() == [
            f"{DOCUMENT_NAME}.pdf",
            f"{DOCUMENT_NAME} (подпись отправителя).p7s",
            f"{DOCUMENT_NAME} (подпись получателя).p7s",
            MCHD_XML_NAME,
            f"{MCHD_XML_NAME}.sig",
            f"PDF/{DOCUMENT_NAME} (с отметками).pdf",
            "Протокол подписания.pdf",
            "Корневые сертификаты.pem",
            "ПРОЧТИ.txt",
            "manifest.json",
            "manifest.json.sig",
        ]
        assert archive.read(f"{DOCUMENT_NAME}.pdf") == contract_pdf()
        assert (
            archive.read(f"{DOCUMENT_NAME} (подпись получателя).p7s")
            == sample.parts.signatures[1].der
        )
        assert archive.read(MCHD_XML_NAME) == sample.parts.powers[0].xml


def test_names_outside_ascii_are_marked_as_utf8(sample: SamplePackage) -> None:
    with zipfile.ZipFile(sample.built.path) as archive:
        for entry in archive.infolist():
            assert entry.filename.isascii() or entry.flag_bits & 0x800


def test_a_second_build_with_the_same_seal_gives_the_same_bytes(
    sample: SamplePackage, tmp_path: Path
) -> None:
    # At least a second later, so that a current time in the file would make a difference.
    age = time.time() - sample.built.path.stat().st_mtime
    time.sleep(max(0, 1.1 - age))
    second = build_package(parts=sample.parts, target=tmp_path / "again.zip", seal=seal)
    assert second.sha256 == sample.built.sha256
    assert second.path.read_bytes() == sample.built.path.read_bytes()


def test_without_a_seal_there_is_no_package(tmp_path: Path) -> None:
    def refuse(content: bytes) -> bytes:
        raise Unavailable("signing", "no key")

    with pytest.raises(Unavailable):
        build_package(parts=build_parts(tmp_path), target=tmp_path / "package.zip", seal=refuse)


def test_a_document_that_is_not_the_signed_one_is_rejected(tmp_path: Path) -> None:
    parts = build_parts(tmp_path)
    parts.pdf.write_bytes(contract_pdf() + b"\n")
    with pytest.raises(DocumentChanged):
        build_package(parts=parts, target=tmp_path / "package.zip", seal=seal)


def test_an_invalid_pdf_is_an_error(tmp_path: Path) -> None:
    parts = build_parts(tmp_path, content=b"%PDF-1.7 not really")
    with pytest.raises(pikepdf.PdfError):
        build_package(parts=parts, target=tmp_path / "package.zip", seal=seal)


def test_a_hostile_file_name_is_made_safe(tmp_path: Path) -> None:
    sample = build_sample_package(tmp_path, file_name='../../$(id) "x`\u202e.docx')
    with zipfile.ZipFile(sample.built.path) as archive:
        names = archive.namelist()
        readme = archive.read("ПРОЧТИ.txt").decode("utf-8-sig")
    assert "(id) x.pdf" in names
    assert not [name for name in names if ".." in name or '"' in name]
    assert "$(" not in readme
    assert "`" not in readme


def test_the_code_depends_on_the_document_and_its_signatures(sample: SamplePackage) -> None:
    signatures = sample.parts.signatures
    same = replace(sample.parts, file_name="Другое имя.pdf", events=[])
    other = replace(sample.parts, signatures=[signatures[0], replace(signatures[1], der=b"other")])
    assert re.fullmatch(r"[a-z2-7]{24}", sample.parts.code)
    assert same.code == sample.parts.code
    assert other.code != sample.parts.code


def list_fonts(pdf: bytes) -> dict[str, bool]:
    """The fonts of a PDF by name, and whether each is embedded."""
    fonts = {}
    with pikepdf.open(BytesIO(pdf)) as document:
        for obj in document.objects:
            if isinstance(obj, pikepdf.Dictionary) and obj.get("/Type") == "/FontDescriptor":
                is_embedded = any(key in obj for key in ("/FontFile", "/FontFile2", "/FontFile3"))
                fonts[str(obj.FontName)] = is_embedded
    return fonts


@pytest.mark.parametrize(
    "name", [f"PDF/{DOCUMENT_NAME} (с отметками).pdf", "Протокол подписания.pdf"]
)
def test_our_pages_embed_only_our_own_fonts(unpacked: Path, name: str) -> None:
    fonts = list_fonts((unpacked / name).read_bytes())
    assert fonts
    assert all(fonts.values())
    assert all("EContract-Sans" in font for font in fonts)
