"""Conversion: nothing is fetched, failures are reported, no text is lost."""

import http.server
import io
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from docx.oxml.ns import qn

from archive import isolation
from archive.conversion import builtin_converter
from archive.conversion.convert import convert_to_pdf
from archive.conversion.results import ConversionFailed, ConversionResult
from tests.support.documents import office
from tests.support.documents.conversion.samples import WordBuilder

BOTH = pytest.mark.parametrize("converter", ["libreoffice", "builtin"])


def convert_bytes(
    data: bytes, file_format: str, folder: Path, converter: str | None = None
) -> bytes:
    source, pdf = folder / "source", folder / "result.pdf"
    source.write_bytes(data)
    convert_to_pdf(source, pdf, file_format=file_format, converter=converter)
    return pdf.read_bytes()


@pytest.fixture
def http_server() -> Iterator[tuple[str, list[str]]]:
    """The URL of a local HTTP server, and the paths that were requested from it."""
    requested: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requested.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", requested
        server.shutdown()
        thread.join()


@BOTH
def test_external_links_of_a_document_are_not_fetched(converter, http_server, tmp_path) -> None:
    url, requested = http_server
    word = WordBuilder("links")
    word.paragraph("Текст договора")
    word.document.add_picture(io.BytesIO(office.png_bytes()))
    part = word.document.part
    relationship_id = part.relate_to(
        f"{url}/logo.png", f"{office.RELATIONS}/image", is_external=True
    )
    part.relate_to(f"{url}/template.dotx", f"{office.RELATIONS}/attachedTemplate", is_external=True)
    for blip in word.document.element.body.iter(qn("a:blip")):
        blip.set(qn("r:link"), relationship_id)
        del blip.attrib[qn("r:embed")]
    assert convert_bytes(word.build().data, "docx", tmp_path, converter).startswith(b"%PDF-")
    assert requested == []


def test_a_document_cannot_include_our_files(tmp_path: Path) -> None:
    """An ODT with a section that is linked to a local file does not show that file."""
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRETWORD " * 50)
    content = office.read_zip_entry(
        office.convert_office_file(office.docx_bytes(), "docx", "odt"), "content.xml"
    )
    section = (
        f'<text:section text:name="s"><text:section-source xlink:href="{secret.as_uri()}" '
        'text:filter-name="Text"/><text:p>old</text:p></text:section></office:text>'
    )
    odt = office.repack_zip(
        office.convert_office_file(office.docx_bytes(), "docx", "odt"),
        {"content.xml": content.replace(b"</office:text>", section.encode())},
    )
    assert "SECRETWORD" not in office.extract_pdf_text(
        convert_bytes(odt, "odt", tmp_path, "libreoffice")
    )


@BOTH
def test_a_file_whose_zip_has_entries_for_folders_is_converted(converter, tmp_path: Path) -> None:
    folders: dict[str, bytes | None] = {"xl/": b"", "xl/worksheets/": b""}
    data = office.repack_zip(office.xlsx_bytes([["Тариф", 7]]), folders)
    pdf = convert_bytes(data, "xlsx", tmp_path, converter)
    assert "Тариф" in office.extract_pdf_text(pdf)


@BOTH
def test_a_conversion_that_takes_too_long_fails(converter, settings, tmp_path: Path) -> None:
    settings.CONVERSION_SECONDS = 0.05
    with pytest.raises(ConversionFailed, match="слишком долго"):
        convert_bytes(office.docx_bytes(), "docx", tmp_path, converter)


def test_a_crash_of_the_converter_fails_the_conversion(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(builtin_converter, "_MEMORY", 60 * isolation.MEBIBYTE)
    with pytest.raises(ConversionFailed):
        convert_bytes(office.docx_bytes(), "docx", tmp_path, "builtin")


@BOTH
@pytest.mark.parametrize("file_format", ["docx", "xlsx"])
def test_a_file_that_is_not_a_document_is_not_converted(
    converter, file_format, tmp_path: Path
) -> None:
    with pytest.raises(ConversionFailed):
        convert_bytes("Просто текст".encode() * 100, file_format, tmp_path, converter)
    assert not (tmp_path / "result.pdf").exists()


def test_a_document_with_too_many_pages_fails(settings, tmp_path: Path) -> None:
    settings.DOCUMENT_MAX_PAGES = 2
    word = WordBuilder("pages")
    for page in range(3):
        word.paragraph(f"Страница {page}").paragraph_format.page_break_before = True
    with pytest.raises(ConversionFailed, match="больше 2 страниц"):
        convert_bytes(word.build().data, "docx", tmp_path, "builtin")


def test_the_builtin_converter_rejects_other_formats(tmp_path: Path) -> None:
    with pytest.raises(ConversionFailed, match="RTF"):
        convert_bytes(rb"{\rtf1 Text}", "rtf", tmp_path, "builtin")


def test_without_libreoffice_the_builtin_converter_is_the_default(settings, tmp_path: Path) -> None:
    settings.SOFFICE = "no-such-program"
    with pytest.raises(ConversionFailed, match="не установлен"):
        convert_bytes(office.docx_bytes(), "docx", tmp_path, "libreoffice")
    settings.CONVERTER = "auto"
    assert convert_bytes(office.docx_bytes(), "docx", tmp_path).startswith(b"%PDF-")


def test_a_pdf_is_copied_byte_for_byte(tmp_path: Path) -> None:
    data = office.pdf_bytes(2)
    assert convert_bytes(data, "pdf", tmp_path) == data


@pytest.mark.sampled(1)
@pytest.mark.parametrize("target", ["doc", "rtf", "odt"])
def test_text_documents_of_other_formats_keep_their_text(target: str, tmp_path: Path) -> None:
    data = office.convert_office_file(office.docx_bytes("Старый договор № 17"), "docx", target)
    assert "Старый договор № 17" in office.extract_pdf_text(convert_bytes(data, target, tmp_path))


@pytest.mark.sampled(1)
@pytest.mark.parametrize("target", ["xls", "ods"])
def test_spreadsheets_of_other_formats_keep_their_text(target: str, tmp_path: Path) -> None:
    wide = [[f"столбец{n}" for n in range(20)]]
    data = office.convert_office_file(office.xlsx_bytes(wide), "xlsx", target)
    pdf = convert_bytes(data, target, tmp_path)
    assert "столбец19" in office.extract_pdf_text(pdf)
    assert office.count_pdf_pages(pdf) == 1


def test_missing_text_gives_a_warning() -> None:
    assert ConversionResult("builtin", 1, 0.999).findings == ()
    (finding,) = ConversionResult("builtin", 1, 0.9, ("штраф", "пеня")).findings
    assert "«штраф», «пеня»" in finding.text
