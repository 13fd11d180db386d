"""The text that the pages must show, from every part of a document."""

import io

import pytest

from archive.conversion.source.read import read_blocks
from tests.support.documents import office
from tests.support.documents.changes import add_part, insert_into_body
from tests.support.documents.conversion.samples import WordBuilder

_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_CHART = (
    f'<c:chartSpace xmlns:c="{_DRAWING}/chart" xmlns:a="{_DRAWING}/main"><c:chart><c:title><c:tx>'
    "<c:rich><a:p><a:r><a:t>Объем услуг</a:t></a:r></a:p></c:rich></c:tx></c:title><c:plotArea>"
    "<c:barChart><c:ser><c:tx><c:strRef><c:strCache><c:pt><c:v>Выручка</c:v></c:pt></c:strCache>"
    "</c:strRef></c:tx><c:cat><c:strRef><c:strCache><c:pt><c:v>Январь</c:v></c:pt></c:strCache>"
    "</c:strRef></c:cat><c:val><c:numRef><c:numCache><c:pt><c:v>12.5</c:v></c:pt></c:numCache>"
    "</c:numRef></c:val></c:ser>{labels}</c:barChart></c:plotArea>{legend}</c:chart></c:chartSpace>"
)
_DIAGRAM = f'<d xmlns:a="{_DRAWING}/main"><pt><a:p><a:r><a:t>Шаг первый</a:t></a:r></a:p></pt></d>'


def blocks(data: bytes, pages: int = 1) -> list[str]:
    return read_blocks(io.BytesIO(data), "docx").for_pages(pages)


def test_headers_count_on_the_pages_that_show_them() -> None:
    word = WordBuilder("headers")
    word.paragraph("Тело")
    section = word.document.sections[0]
    section.header.paragraphs[0].text = "обычный"
    section.first_page_header.paragraphs[0].text = "первый"
    section.even_page_header.paragraphs[0].text = "четный"
    assert blocks(word.build().data) == ["Тело", "обычный"]
    section.different_first_page_header_footer = True
    assert blocks(word.build().data) == ["Тело", "первый"]
    assert blocks(word.build().data, 2) == ["Тело", "обычный", "первый"]
    word.document.settings.odd_and_even_pages_header_footer = True
    assert set(blocks(word.build().data, 2)) == {"Тело", "первый", "четный"}
    assert set(blocks(word.build().data, 3)) == {"Тело", "первый", "четный", "обычный"}


@pytest.mark.parametrize(
    ("legend", "labels", "shown"),
    [
        ("", "", {"Объем услуг", "Январь"}),
        ("<c:legend/>", "", {"Объем услуг", "Январь", "Выручка"}),
        ("", '<c:dLbls><c:showVal val="1"/></c:dLbls>', {"Объем услуг", "Январь", "12,5"}),
    ],
)
def test_a_chart_shows_its_titles_and_labels(legend: str, labels: str, shown: set[str]) -> None:
    chart = _CHART.format(legend=legend, labels=labels).encode()
    data = add_part(office.docx_bytes(), "chart1.xml", chart, kind="chart", content_type="c/x")
    assert set(blocks(data)) == shown | {office.TEXT}


def test_a_diagram_shows_its_points() -> None:
    data = add_part(
        office.docx_bytes(), "data1.xml", _DIAGRAM.encode(), kind="diagramData", content_type="d/x"
    )
    assert blocks(data) == [office.TEXT, "Шаг первый"]


def test_hidden_and_alternative_text_does_not_count() -> None:
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    data = insert_into_body(
        office.docx_bytes(),
        "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>скрыто</w:t></w:r></w:p>"
        f'<w:p><w:r><mc:AlternateContent xmlns:mc="{mc}"><mc:Choice Requires="wps"><w:t>рамка</w:t>'
        "</mc:Choice><mc:Fallback><w:t>рамка</w:t></mc:Fallback></mc:AlternateContent></w:r></w:p>",
    )
    assert blocks(data) == ["рамка", office.TEXT]


def test_the_text_of_an_rtf_is_that_of_its_pages() -> None:
    data = (
        rb"{\rtf1\ansi\ansicpg1251{\fonttbl{\f0\fcharset204 Arial;}}{\info{\title x}}"
        rb"\f0 \'c4\'ee\'e3\'ee\'e2\'ee\'f0 {\v skryto}{\deleted staroe}\u8470?7\par "
        rb"{\*\shpinst{\shptxt ramka\par}}{\pict 0102}{\footnote snoska}}"
    )
    text = read_blocks(io.BytesIO(data), "rtf").blocks
    assert [block.strip() for block in text] == ["Договор №7", "ramka", "snoska"]
