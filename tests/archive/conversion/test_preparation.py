"""What the converters get: the final text, stored results, and everything that is included."""

import io
import struct
from pathlib import Path

import olefile  # type: ignore[import-untyped]
import pytest
import xlsxwriter

from archive.conversion.preparation import word_binary
from archive.conversion.preparation.package import prepare_package
from archive.conversion.preparation.prepare import _prepare_odf, _prepare_ole
from archive.conversion.source.read import read_blocks
from archive.intake import office_findings
from tests.archive.conversion.converting import BOTH, convert
from tests.support.documents import changes, office
from tests.support.documents.changes import add_part, insert_into_body
from tests.support.documents.conversion.samples import WordBuilder, add_field

STORED_DATE = "01.02.2020"
HTML = (
    "<html><head><title>Заголовок окна</title></head><body><h1>Приложение</h1>"
    "<p>Цена <b>500 000</b> рублей</p><table><tr><td>Тариф</td><td>Безлимит</td></tr></table>"
    "<p style='display:none'>скрыто</p></body></html>"
)
MHT = (
    "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n"
    "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    f"{HTML}\r\n--x--\r\n"
)
RTF = rb"{\rtf1\ansi\ansicpg1251 \'cf\'f0\'e8\'eb\'ee\'e6\'e5\'ed\'e8\'e5\par 500 000}"
INCLUDED = {
    "html": HTML.encode(),
    "html of Windows": HTML.encode("cp1251"),
    "mht": MHT.encode(),
    "rtf": RTF,
    "text": "Приложение\r\n500 000".encode("cp1251"),
    "docx": office.docx_bytes("Приложение", "500 000"),
}


def prepared_text(data: bytes, file_format: str = "docx") -> str:
    copy, _ = prepare_package(data, file_format, is_office=False)
    return "\n".join(read_blocks(io.BytesIO(copy), file_format).blocks)


def including(content: bytes) -> bytes:
    """A DOCX that includes another document whole."""
    data = add_part(
        office.docx_bytes(),
        "afchunk.dat",
        content,
        kind="aFChunk",
        content_type="application/octet-stream",
    )
    return insert_into_body(data, '<w:altChunk r:id="rIdNew"/>')


@pytest.mark.parametrize("kind", INCLUDED)
def test_an_included_document_is_written_out(kind: str) -> None:
    data = including(INCLUDED[kind])
    copy, findings = prepare_package(data, "docx", is_office=False)
    text = "\n".join(read_blocks(io.BytesIO(copy), "docx").blocks)
    assert "Приложение" in text
    assert "500 000" in text
    assert "скрыто" not in text
    assert "Заголовок окна" not in text
    assert findings == {office_findings.INCLUDED_DOCUMENT}
    # The comparison of the PDF expects it, too.
    assert "500 000" in "\n".join(read_blocks(io.BytesIO(data), "docx").blocks)


def test_an_included_document_of_an_unknown_format_is_told() -> None:
    _, findings = prepare_package(including(b"\0\1\2" * 50), "docx", is_office=False)
    assert office_findings.LINKED_CONTENT in findings


@BOTH
@pytest.mark.parametrize("kind", ["html", "docx"])
def test_the_pdf_shows_an_included_document(converter: str, kind: str, tmp_path: Path) -> None:
    text, result = convert(including(INCLUDED[kind]), "docx", tmp_path, converter)
    assert "Приложение" in text
    assert "500 000" in text
    assert result.findings == (office_findings.INCLUDED_DOCUMENT,)


@BOTH
def test_the_pdf_shows_the_final_text_of_changes(converter: str, tmp_path: Path) -> None:
    text, result = convert(changes.tracked_docx(), "docx", tmp_path, converter)
    assert changes.NEW in text
    assert changes.OLD not in text
    assert "первая часть вторая часть" in text
    assert result.findings == (office_findings.TRACKED_CHANGES,)


@pytest.mark.sampled(1)
@pytest.mark.parametrize("target", ["doc", "rtf", "odt"])
def test_other_formats_show_the_final_text_of_changes(target: str, tmp_path: Path) -> None:
    data = office.convert_office_file(changes.tracked_docx(), "docx", target)
    text, result = convert(data, target, tmp_path)
    assert changes.NEW in text
    assert changes.OLD not in text
    assert result.findings == (office_findings.TRACKED_CHANGES,)


@BOTH
def test_a_comment_in_a_header_does_not_stop_the_conversion(converter: str, tmp_path: Path) -> None:
    text, result = convert(changes.commented_docx(), "docx", tmp_path, converter)
    assert "Срок" in text
    assert changes.COMMENT_TEXT not in text
    assert result.findings == (office_findings.COMMENTS,)


def test_deleted_rows_are_gone() -> None:
    row = "<w:tr>{}<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc></w:tr>"
    table = "<w:tbl>" + row.format("", "останется")
    table += row.format('<w:trPr><w:del w:id="9"/></w:trPr>', "уйдет") + "</w:tbl>"
    text = prepared_text(insert_into_body(office.docx_bytes(), table))
    assert "останется" in text
    assert "уйдет" not in text


# --- Fields ---


def test_fields_of_an_rtf_show_their_stored_results(tmp_path: Path) -> None:
    data = (
        rb'{\rtf1\ansi Dogovor {\field{\*\fldinst DATE \\@ "dd.MM.yyyy"}{\fldrslt 01.02.2020}}'
        rb" fail {\field\fldedit{\*\fldinst { FILENAME \\p }}{\fldrslt {\b C:\\a.doc}}}"
        rb" list {\field{\*\fldinst PAGE}{\fldrslt 9}} {\chdate} konec}"
    )
    text, result = convert(data, "rtf", tmp_path)
    assert " ".join(text.split()) == r"Dogovor 01.02.2020 fail C:\a.doc list 1 konec"
    assert result.findings == (office_findings.FIELDS_WITHOUT_VALUES,)


def test_fields_of_a_doc_show_their_stored_results(tmp_path: Path) -> None:
    word = WordBuilder("fields")
    paragraph = word.paragraph("Договор от ")
    add_field(paragraph, 'DATE \\@ "dd.MM.yyyy"', STORED_DATE)
    add_field(word.paragraph("Лист "), "PAGE", "9")
    add_field(word.paragraph("Файл "), "FILENAME", "x")
    data = office.convert_office_file(word.build().data, "docx", "doc")
    # LibreOffice has computed the results while it wrote the file: put older ones there.
    with olefile.OleFileIO(data) as compound:
        document = compound.openstream("WordDocument").read()
        table = compound.openstream(word_binary.table_name(document)).read()
    today = next(
        line for line in word_binary.read_paragraphs(document, table) if line.startswith("Договор")
    ).split()[-1]
    for encoding in ("cp1251", "utf-16-le"):
        data = data.replace(today.encode(encoding), STORED_DATE.encode(encoding))
        data = data.replace("source.docx".encode(encoding), "dogovor.doc".encode(encoding))
    text, result = convert(data, "doc", tmp_path)
    assert text.split() == ["Договор", "от", STORED_DATE, "Лист", "1", "Файл", "dogovor.doc"]
    assert result.findings == ()


def test_fields_of_an_odt_show_their_stored_results(tmp_path: Path) -> None:
    data = office.convert_office_file(office.docx_bytes("Договор от"), "docx", "odt")
    content = office.read_zip_entry(data, "content.xml")
    field = b'<text:date text:date-value="2020-02-01">01.02.2020</text:date> <text:file-name>a.odt'
    field += b"</text:file-name></text:p></office:text>"
    data = office.repack_zip(
        data, {"content.xml": content.replace(b"</text:p></office:text>", field)}
    )
    text, _ = convert(data, "odt", tmp_path)
    assert text.split()[-2:] == [f"от{STORED_DATE}", "a.odt"]


def test_a_date_without_a_stored_value_is_left_out_and_told() -> None:
    field = '<w:p><w:fldSimple w:instr=" DATE "/><w:r><w:t>после</w:t></w:r></w:p>'
    copy, findings = prepare_package(
        insert_into_body(office.docx_bytes(), field), "docx", is_office=False
    )
    assert findings == {office_findings.FIELDS_WITHOUT_VALUES}
    assert b"DATE" not in office.read_zip_entry(copy, "word/document.xml")


def test_formulas_of_an_ods_keep_their_stored_values() -> None:
    content = (
        b'<o xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        b'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0">'
        b'<table:table-cell table:formula="of:=TODAY()" office:value-type="date"/>'
        b'<table:table-cell table:formula="of:=NOW()"/></o>'
    )
    copy, findings = _prepare_odf(office.build_zip({"content.xml": content}))
    prepared = office.read_zip_entry(copy, "content.xml")
    assert b"TODAY" not in prepared
    assert findings == {office_findings.FORMULAS_WITHOUT_VALUES}


def test_volatile_formulas_of_an_xls_become_their_stored_numbers() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        page = book.add_worksheet()
        page.write_formula(0, 0, "=TODAY()", None, 43862)
        page.write_formula(1, 0, "=1+1", None, 2)
    data = office.convert_office_file(file.getvalue(), "xlsx", "xls")
    with olefile.OleFileIO(_prepare_ole(data)) as compound:
        stream = compound.openstream("Workbook").read()
    with olefile.OleFileIO(data) as compound:
        before = compound.openstream("Workbook").read()
    assert _count_records(before, 0x0006) == 2
    assert _count_records(stream, 0x0006) == 1


def _count_records(stream: bytes, wanted: int) -> int:
    position = count = 0
    while position + 4 <= len(stream):
        record, length = struct.unpack_from("<HH", stream, position)
        count += record == wanted
        position += 4 + length
    return count
