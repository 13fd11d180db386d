"""The parts of DOCX and XLSX files: their names, relationships and embedded files."""

import io
import zipfile
from pathlib import Path

import pytest

from archive.conversion.preparation import rtf, sheets, transitional
from archive.conversion.preparation.package import prepare_package
from archive.conversion.preparation.xml import parse
from archive.intake import office_findings
from tests.archive.conversion.converting import BOTH, convert
from tests.support.documents import office
from tests.support.documents.changes import insert_into_body


@BOTH
@pytest.mark.parametrize("file_format", ["docx", "xlsx"])
def test_strict_documents_are_read(converter: str, file_format: str, tmp_path: Path) -> None:
    data = office.docx_bytes() if file_format == "docx" else office.xlsx_bytes([[office.TEXT]])
    text, result = convert(_make_strict(data), file_format, tmp_path, converter)
    assert office.TEXT in text.replace("\r\n", " ")
    assert result.findings == ()


def _make_strict(data: bytes) -> bytes:
    """The document with the namespaces of strict OOXML (ISO 29500-1)."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    strict = b"http://purl.oclc.org/ooxml/"
    for name, content in parts.items():
        for group in (b"officeDocument", b"wordprocessingml", b"spreadsheetml", b"drawingml"):
            old = b"http://schemas.openxmlformats.org/" + group + b"/2006/"
            content = content.replace(old, strict + group + b"/")
        parts[name] = content.replace(b"extended-properties", b"extendedProperties")
    return office.build_zip(parts)


def test_the_names_of_strict_ooxml_become_those_of_transitional() -> None:
    names = b"'http://purl.oclc.org/ooxml/officeDocument/relationships/extendedProperties'"
    renamed = b"'http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    assert transitional.rename(names) == renamed + b"extended-properties'"
    text = b"<t>http://purl.oclc.org/ooxml/officeDocument/relationships</t>"
    assert transitional.rename(text) == text


@BOTH
def test_a_relationship_without_a_part_is_ignored(converter: str, tmp_path: Path) -> None:
    data = office.docx_bytes()
    rels = office.read_zip_entry(data, "word/_rels/document.xml.rels")
    dangling = f'<Relationship Id="rIdN" Type="{office.RELATIONS}/image" Target="../NULL"/>'
    changed = rels.replace(b"</Relationships>", dangling.encode() + b"</Relationships>")
    data = office.repack_zip(data, {"word/_rels/document.xml.rels": changed})
    text, result = convert(data, "docx", tmp_path, converter)
    assert office.TEXT in text
    assert result.findings == ()


def test_a_linked_picture_is_told() -> None:
    data = office.docx_bytes()
    rels = office.read_zip_entry(data, "word/_rels/document.xml.rels")
    linked = (
        f'<Relationship Id="rIdN" Type="{office.RELATIONS}/image" TargetMode="External"'
        ' Target="http://example.com/a.png"/></Relationships>'
    )
    data = office.repack_zip(
        data,
        {"word/_rels/document.xml.rels": rels.replace(b"</Relationships>", linked.encode())},
    )
    picture = (
        '<w:p><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml">'
        '<v:imagedata r:id="rIdN"/></v:shape></w:pict></w:r></w:p>'
    )
    copy, findings = prepare_package(insert_into_body(data, picture), "docx", is_office=False)
    assert findings == {office_findings.LINKED_PICTURES}
    assert b"example.com" not in office.read_zip_entry(copy, "word/_rels/document.xml.rels")


def test_an_embedded_file_is_told_but_not_the_data_of_a_chart() -> None:
    data = office.repack_zip(office.docx_bytes(), {"word/embeddings/a.xlsx": b"PK"})
    assert prepare_package(data, "docx", is_office=False)[1] == {office_findings.EMBEDDED_OBJECTS}
    chart = office.repack_zip(
        data,
        {
            "word/charts/_rels/chart1.xml.rels": (
                b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
                b'relationships"><Relationship Id="r" Type="x/package" '
                b'Target="../embeddings/a.xlsx"/></Relationships>'
            )
        },
    )
    assert prepare_package(chart, "docx", is_office=False)[1] == set()


def test_headers_of_a_sheet_show_no_day_and_no_file_name() -> None:
    sheet = (
        b'<worksheet xmlns="m"><sheetData><c><f>A1</f></c><c t="str"><f>B</f><v></v></c>'
        b"</sheetData><headerFooter>"
        b"<oddHeader>&amp;LA&amp;&amp;D &amp;D&amp;F &amp;P</oddHeader></headerFooter>"
        b"</worksheet>"
    )
    prepared, findings = sheets.prepare(parse(sheet))
    assert b"<oddHeader>&amp;LA&amp;&amp;D  &amp;P</oddHeader>" in prepared
    assert findings == {
        office_findings.FIELDS_WITHOUT_VALUES,
        office_findings.FORMULAS_WITHOUT_VALUES,
    }


def test_an_rtf_is_rewritten_without_losses() -> None:
    data = rb"{\rtf1\ansi{\fonttbl{\f0 Arial;}}{\pict\bin4 {}\{} text\par}"
    assert rtf.prepare(data) == (data, set())


@pytest.mark.parametrize(
    "name", ["word/charts/chart1.xml", "word/diagrams/data1.xml", "word/media/image1.emf"]
)
def test_what_the_builtin_converter_does_not_draw_is_told(name: str) -> None:
    data = office.repack_zip(office.docx_bytes(), {name: b"<x/>"})
    told = {office_findings.DRAWINGS_OMITTED}
    assert prepare_package(data, "docx", is_office=False)[1] == told
    assert prepare_package(data, "docx", is_office=True)[1] == set()
