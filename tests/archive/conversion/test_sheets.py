"""Cells show all that they contain: numbers are whole, texts are not cut off."""

import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from archive.conversion.builtin.sheet import format_value
from archive.conversion.convert import convert_to_pdf
from archive.conversion.results import ConversionResult
from archive.intake import office_findings
from tests.support.documents import office

BOTH = pytest.mark.parametrize("converter", ["libreoffice", "builtin"])
LONG_TEXT = "Виртуальная АТС и запись разговоров"


def build(fill: Callable[[Any, Any], object]) -> bytes:
    """An XLSX with one sheet, which ``fill`` gets with its workbook."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        fill(book, book.add_worksheet())
    return file.getvalue()


def convert(data: bytes, folder: Path, converter: str) -> tuple[str, ConversionResult]:
    source, pdf = folder / "source", folder / "result.pdf"
    source.write_bytes(data)
    result = convert_to_pdf(source, pdf, file_format="xlsx", converter=converter)
    return office.extract_pdf_text(pdf.read_bytes()), result


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (0.785, r"#\ ##0.000", " 0,785"),
        (1234.5, r"#\ ##0.00", "1 234,50"),
        (1234567, r"#\ ##0", "1234 567"),
        (79161234567, r"0\-000\-000\-00\-00", "7-916-123-45-67"),
        (0.5, ".00", ",50"),
        (1234.5, "#,##0.0#", "1\u00a0234,5"),
        (1_500_000, '#,##0," тыс."', "1\u00a0500 тыс."),
    ],
)
def test_a_literal_stays_between_its_digits(value: float, code: str, text: str) -> None:
    assert format_value(value, code) == text


def _fill_narrow(book: Any, page: Any) -> None:
    page.set_column(0, 9, 4)
    page.write(0, 0, 1234567.89, book.add_format({"num_format": "#,##0.00 ₽", "bold": True}))
    page.write_datetime(
        0,
        1,
        datetime(2026, 11, 27),  # noqa: DTZ001
        book.add_format({"num_format": "dd.mm.yyyy"}),
    )
    page.write(0, 2, "4607012345678")
    page.write(0, 3, LONG_TEXT)
    page.write(0, 4, 987654321)
    page.write(0, 5, 0.2, book.add_format({"num_format": "0%"}))


@BOTH
def test_narrow_columns_show_everything(converter: str, tmp_path: Path) -> None:
    text, result = convert(build(_fill_narrow), tmp_path, converter)
    shown = text.replace("\u00a0", " ")
    for value in ("1 234 567,89 ₽", "27.11.2026", "4607012345678", "987654321", "20%"):
        assert value in shown
    assert LONG_TEXT.replace(" ", "") in "".join(text.split())
    assert result.findings == ()


def test_hashes_in_the_pdf_are_told(tmp_path: Path) -> None:
    """A merged cell is not widened."""

    def fill(book: Any, page: Any) -> None:
        page.set_column(0, 0, 3)
        page.merge_range("A1:A2", 12345678901, book.add_format({"num_format": "0.00"}))

    _, result = convert(build(fill), tmp_path, "libreoffice")
    assert office_findings.NUMBERS_TOO_WIDE in result.findings


@BOTH
def test_a_formula_without_a_stored_value_is_told(converter: str, tmp_path: Path) -> None:
    data = build(lambda _, page: (page.write(0, 0, "Итого"), page.write_formula(0, 1, "=2*3")))
    sheet = office.read_zip_entry(data, "xl/worksheets/sheet1.xml")
    data = office.repack_zip(
        data, {"xl/worksheets/sheet1.xml": sheet.replace(b"</f><v>0</v>", b"</f>")}
    )
    assert convert(data, tmp_path, converter)[1].findings == (
        office_findings.FORMULAS_WITHOUT_VALUES,
    )


def test_hidden_sheets_and_rows_are_not_expected(tmp_path: Path) -> None:
    def fill(book: Any, page: Any) -> None:
        page.write(0, 0, "видимое")
        page.write(1, 0, "скрытаястрока")
        page.set_row(1, None, None, {"hidden": True})
        hidden = book.add_worksheet("Скрытый")
        hidden.write(0, 0, "скрытыйлист")
        hidden.insert_textbox(2, 0, "скрытаярамка")
        hidden.hide()

    text, result = convert(build(fill), tmp_path, "builtin")
    assert "видимое" in text
    assert "скрыт" not in text
    assert result.findings == ()


@BOTH
def test_texts_outside_of_cells_are_shown_or_told(converter: str, tmp_path: Path) -> None:
    def fill(book: Any, page: Any) -> None:
        page.write_row(0, 0, ["Год", "Сумма"])
        page.write_row(1, 0, ["Первый", 10])
        page.insert_textbox(4, 0, "Надпись на листе")
        page.set_header("&LКолонтитул договора&R&P")
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=Sheet1!$B$2:$B$2", "name": "Продажи"})
        chart.set_title({"name": "Диаграмма продаж"})
        page.insert_chart(10, 0, chart)

    text, result = convert(build(fill), tmp_path, converter)
    assert "Колонтитул договора" in text
    told = " ".join(finding.text for finding in result.findings)
    for word in ("надпись", "диаграмма"):
        assert word in text.casefold() or word in told


@pytest.mark.parametrize(
    ("colour", "rows", "pages"), [("#FFFFFF", 60, 1), ("#FFFF00", 400, 1), ("#FFFF00", 60, 2)]
)
def test_only_a_form_makes_a_sheet_longer(
    colour: str, rows: int, pages: int, tmp_path: Path
) -> None:
    """Whole columns with a background would print empty pages."""

    def fill(book: Any, page: Any) -> None:
        style = book.add_format({"bg_color": colour})
        page.write(0, 0, "Тариф")
        for row in range(rows):
            page.write_blank(row, 3, None, style)

    assert convert(build(fill), tmp_path, "builtin")[1].pages == pages
