"""What a conversion promises whatever the file."""

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
from tests.support import office
from tests.support.conversion.samples import Word

BOTH = pytest.mark.parametrize("converter", ["libreoffice", "builtin"])


def converted(data: bytes, kind: str, folder: Path, converter: str | None = None) -> bytes:
    source, pdf = folder / "source", folder / "result.pdf"
    source.write_bytes(data)
    convert_to_pdf(source, pdf, kind=kind, converter=converter)
    return pdf.read_bytes()


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """An address on this machine, and the requests that came to it."""
    seen: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", seen
        server.shutdown()
        thread.join()


@BOTH
def test_nothing_that_a_file_points_at_is_fetched(converter, listener, tmp_path) -> None:
    address, seen = listener
    word = Word("links")
    word.paragraph("Текст договора")
    word.document.add_picture(io.BytesIO(office.png_bytes()))
    part = word.document.part
    outside = part.relate_to(f"{address}/logo.png", f"{office.RELATIONS}/image", is_external=True)
    part.relate_to(
        f"{address}/template.dotx", f"{office.RELATIONS}/attachedTemplate", is_external=True
    )
    for blip in word.document.element.body.iter(qn("a:blip")):
        blip.set(qn("r:link"), outside)
        del blip.attrib[qn("r:embed")]
    assert converted(word.done().data, "docx", tmp_path, converter).startswith(b"%PDF-")
    assert seen == []


def test_no_file_of_ours_gets_into_a_document(tmp_path: Path) -> None:
    """An ODT that includes another file by its address shows nothing of it."""
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
        converted(odt, "odt", tmp_path, "libreoffice")
    )


@BOTH
def test_a_hang_ends_in_a_failure(converter, settings, tmp_path: Path) -> None:
    settings.CONVERSION_SECONDS = 0.05
    with pytest.raises(ConversionFailed, match="слишком долго"):
        converted(office.docx_bytes(), "docx", tmp_path, converter)


def test_a_crash_ends_in_a_failure(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(builtin_converter, "_MEMORY", 60 * isolation.MEBIBYTE)
    with pytest.raises(ConversionFailed):
        converted(office.docx_bytes(), "docx", tmp_path, "builtin")


@BOTH
@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_what_is_no_document_never_becomes_a_pdf(converter, kind, tmp_path: Path) -> None:
    with pytest.raises(ConversionFailed):
        converted("Просто текст".encode() * 100, kind, tmp_path, converter)
    assert not (tmp_path / "result.pdf").exists()


def test_too_many_pages_fail(settings, tmp_path: Path) -> None:
    settings.DOCUMENT_MAX_PAGES = 2
    word = Word("pages")
    for page in range(3):
        word.paragraph(f"Страница {page}").paragraph_format.page_break_before = True
    with pytest.raises(ConversionFailed, match="больше 2 страниц"):
        converted(word.done().data, "docx", tmp_path, "builtin")


def test_the_builtin_converter_says_what_it_does_not_read(tmp_path: Path) -> None:
    with pytest.raises(ConversionFailed, match="RTF"):
        converted(rb"{\rtf1 Text}", "rtf", tmp_path, "builtin")


def test_libreoffice_that_is_away_says_so(settings, tmp_path: Path) -> None:
    settings.SOFFICE = "no-such-program"
    with pytest.raises(ConversionFailed, match="не установлен"):
        converted(office.docx_bytes(), "docx", tmp_path, "libreoffice")
    settings.CONVERTER = "auto"
    assert converted(office.docx_bytes(), "docx", tmp_path).startswith(b"%PDF-")


def test_a_pdf_is_copied_byte_for_byte(tmp_path: Path) -> None:
    data = office.pdf_bytes(2)
    assert converted(data, "pdf", tmp_path) == data


@pytest.mark.parametrize(("kind", "target"), [("docx", "doc"), ("docx", "rtf"), ("docx", "odt")])
def test_old_and_open_formats_keep_their_text(kind, target, tmp_path: Path) -> None:
    data = office.convert_office_file(office.docx_bytes("Старый договор № 17"), kind, target)
    assert "Старый договор № 17" in office.extract_pdf_text(converted(data, target, tmp_path))


@pytest.mark.parametrize("target", ["xls", "ods"])
def test_sheets_of_other_formats_keep_their_text(target: str, tmp_path: Path) -> None:
    wide = [[f"столбец{n}" for n in range(20)]]
    data = office.convert_office_file(office.xlsx_bytes(wide), "xlsx", target)
    pdf = converted(data, target, tmp_path)
    assert "столбец19" in office.extract_pdf_text(pdf)
    assert office.count_pdf_pages(pdf) == 1


def test_lost_text_makes_a_warning() -> None:
    assert ConversionResult("builtin", 1, 0.999).warning == ""
    warning = ConversionResult("builtin", 1, 0.9, ("штраф", "пеня")).warning
    assert "«штраф», «пеня»" in warning
