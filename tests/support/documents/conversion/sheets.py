"""Spreadsheets with the features that contract annexes use, each with its expected content."""

import io
from collections.abc import Callable
from datetime import datetime, time
from typing import Any

import xlsxwriter

from tests.support.documents.conversion.samples import Sample
from tests.support.documents.office import png_bytes


class SheetBuilder:
    """Builds an XLSX and records the text that its cells must show."""

    def __init__(self, name: str) -> None:
        self.file = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.file, {"in_memory": True})
        self.page: Any = self.book.add_worksheet("Лист")
        self.sample = Sample(name, "xlsx")

    def put(
        self, row: int, column: int, value: object, text: str, number_format: str | None = None
    ) -> None:
        """Writes a value with a number format; the cell must show ``text``."""
        style = self.book.add_format({"num_format": number_format}) if number_format else None
        if isinstance(value, datetime | time):
            self.page.write_datetime(row, column, value, style)
        else:
            self.page.write(row, column, value, style)
        self.sample.cells.append(text)

    def text(self, row: int, column: int, value: str) -> None:
        self.put(row, column, value, value)

    def build(self) -> Sample:
        self.book.close()
        self.sample.data = self.file.getvalue()
        self.sample.text = list(self.sample.cells)
        return self.sample


def simple_sheet() -> Sample:
    sheet = SheetBuilder("a simple sheet")
    for row in range(20):
        sheet.text(row, 0, f"Услуга {row}")
        sheet.put(row, 1, row * 7, str(row * 7))
    return sheet.build()


def number_formats() -> Sample:
    sheet = SheetBuilder("number formats")
    sheet.page.set_column(0, 1, 30)
    rows: list[tuple[object, str, str | None]] = [
        (1296.29, "1296,29", None),
        (1296.29, "1 296,29", "#,##0.00"),
        (1234567, "1 234 567", "#,##0"),
        (0.175, "17,5%", "0.0%"),
        (0.5, "50%", "0%"),
        (1500, "1 500,00 ₽", '#,##0.00" ₽"'),
        (-15.5, "-15,50", "0.00"),
        (-15.5, "(15,50)", "0.00;(0.00)"),
        (0, "нет", '0;-0;"нет"'),
        (7, "007", "000"),
        (2.5, "3", "0"),
        (1.005, "1,01", "0.00"),
        (1500000, "1 500 тыс.", '#,##0," тыс."'),
        (0.1 + 0.2, "0,3", None),
    ]
    for row, (value, text, number_format) in enumerate(rows):
        sheet.put(row, 0, value, text, number_format)
    return sheet.build()


def dates() -> Sample:
    sheet = SheetBuilder("dates and times")
    sheet.page.set_column(0, 1, 30)
    moment = datetime(2025, 3, 7, 9, 5)  # noqa: DTZ001
    for row, (value, text, number_format) in enumerate(
        [
            (moment, "07.03.2025", "dd.mm.yyyy"),
            (moment, "07.03.25", "dd.mm.yy"),
            (moment, "7 марта 2025 г.", 'd mmmm yyyy "г."'),
            (moment, "2025-03-07", "yyyy-mm-dd"),
            (moment, "07.03.2025 09:05", "dd.mm.yyyy hh:mm"),
            (time(13, 45), "13:45", "h:mm"),
        ]
    ):
        sheet.put(row, 0, value, text, number_format)
    return sheet.build()


def formulas() -> Sample:
    sheet = SheetBuilder("cached results of formulas")
    for row in range(5):
        sheet.put(row, 0, row + 1, str(row + 1))
        sheet.page.write_formula(row, 1, f"=A{row + 1}*2", None, (row + 1) * 2)
        sheet.sample.cells.append(str((row + 1) * 2))
    # The stored result counts, even if a recalculation would give another.
    sheet.page.write_formula(4, 3, "=1+1", None, 777)
    sheet.sample.cells.append("777")
    sheet.page.write_formula(5, 1, '="Итого: "&SUM(B1:B5)', None, "Итого: 30")
    sheet.sample.cells.append("Итого: 30")
    return sheet.build()


def merged_cells() -> Sample:
    sheet = SheetBuilder("merged cells")
    style = sheet.book.add_format({"border": 1, "align": "center"})
    for area, text in (("A1:D1", "Спецификация к договору"), ("A2:A4", "Раздел"), ("B2:D2", "Год")):
        sheet.page.merge_range(area, text, style)
        sheet.sample.cells.append(text)
    for column, year in enumerate(("2024", "2025", "2026"), 1):
        sheet.text(2, column, year)
        sheet.text(3, column, f"знач {year}")
    return sheet.build()


def wide_sheet() -> Sample:
    sheet = SheetBuilder("a sheet wider than its page")
    for row in range(6):
        for column in range(26):
            sheet.text(row, column, f"Я{row}Х{column}")
    sheet.sample.pages = 1
    return sheet.build()


def long_sheet() -> Sample:
    sheet = SheetBuilder("three hundred rows with a repeated head")
    sheet.text(0, 0, "Номер")
    sheet.text(0, 1, "Адрес установки")
    sheet.page.repeat_rows(0)
    sheet.page.set_column(1, 1, 40)
    for row in range(1, 301):
        sheet.put(row, 0, row, str(row))
        sheet.text(row, 1, f"ул. Ленина, д. {row}")
    return sheet.build()


def hidden_cells() -> Sample:
    sheet = SheetBuilder("hidden rows, columns and sheets")
    for row in range(6):
        if row != 2:
            sheet.text(row, 0, f"видно{row}")
    sheet.page.write(2, 0, "тайнаястрока")
    sheet.page.set_row(2, None, None, {"hidden": True})
    sheet.page.write(0, 1, "тайныйстолбец")
    sheet.page.set_column(1, 1, 20, None, {"hidden": True})
    sheet.text(0, 2, "послескрытого")
    other = sheet.book.add_worksheet("Скрытый")
    other.write(0, 0, "тайныйлист")
    other.hide()
    sheet.sample.hidden_text += ["тайнаястрока", "тайныйстолбец", "тайныйлист"]
    return sheet.build()


def print_area() -> Sample:
    sheet = SheetBuilder("a print area")
    for row in range(5):
        sheet.text(row, 0, f"печать{row}")
        sheet.page.write(row, 5, f"черновик{row}")
    sheet.page.print_area(0, 0, 4, 2)
    sheet.sample.hidden_text += [f"черновик{row}" for row in range(5)]
    return sheet.build()


def several_sheets() -> Sample:
    sheet = SheetBuilder("several sheets")
    sheet.text(0, 0, "Первый лист")
    for name in ("Второй", "Третий"):
        sheet.page = sheet.book.add_worksheet(name)
        sheet.text(0, 0, f"{name} лист")
        sheet.text(3, 1, f"Данные: {name}")
    sheet.sample.pages = 3
    return sheet.build()


def wrapped_text() -> Sample:
    sheet = SheetBuilder("wrapped and overflowing text")
    style = sheet.book.add_format({"text_wrap": True, "valign": "top"})
    text = "Длинный текст условия, который переносится по словам внутри узкой ячейки"
    sheet.page.write(0, 0, text, style)
    sheet.sample.cells.append(text)
    overflowing = "Этот текст выходит за пределы своей ячейки вправо, потому что там пусто"
    sheet.text(1, 0, overflowing)
    lines = "Первая строка\nВторая строка"
    sheet.page.write(2, 0, lines, style)
    sheet.sample.cells += lines.split("\n")
    return sheet.build()


def styles() -> Sample:
    sheet = SheetBuilder("borders, fills, fonts, alignment")
    for row, style in enumerate(
        (
            {"bold": True, "border": 1},
            {"italic": True, "bg_color": "#FFE699"},
            {"underline": 1, "font_color": "red"},
            {"font_size": 20, "align": "center"},
            {"font_strikeout": True, "align": "right", "indent": 2},
        )
    ):
        sheet.page.write(row, 0, f"Вид {row}", sheet.book.add_format(style))
        sheet.sample.cells.append(f"Вид {row}")
    return sheet.build()


def pictures() -> Sample:
    sheet = SheetBuilder("pictures")
    sheet.text(0, 0, "Логотип")
    for row, colour in ((2, "red"), (10, "blue")):
        data = io.BytesIO(png_bytes(120, 60, colour))
        sheet.page.insert_image(row, 1, f"{colour}.png", {"image_data": data})
    sheet.sample.images = 2
    return sheet.build()


def header_and_footer() -> Sample:
    sheet = SheetBuilder("header and footer")
    sheet.text(0, 0, "Содержание")
    sheet.page.set_header("&LПриложение 3&RДоговор 77")
    sheet.page.set_footer("&CСтраница &P из &N")
    sheet.sample.pages = 1
    sample = sheet.build()
    sample.unordered_text += ["Приложение 3", "Договор 77", "Страница 1 из 1"]
    return sample


def landscape() -> Sample:
    sheet = SheetBuilder("a landscape sheet with page breaks")
    sheet.page.set_landscape()
    sheet.page.set_paper(9)
    for row in range(9):
        sheet.text(row, 0, f"Строка {row}")
    sheet.page.set_h_pagebreaks([3, 6])
    sheet.sample.pages = 3
    return sheet.build()


def booleans() -> Sample:
    sheet = SheetBuilder("booleans and rich text")
    sheet.put(0, 0, True, "ИСТИНА")
    sheet.put(1, 0, False, "ЛОЖЬ")
    bold = sheet.book.add_format({"bold": True})
    sheet.page.write_rich_string(2, 0, "обычный ", bold, "жирный", " хвост")
    sheet.sample.cells.append("обычный жирный хвост")
    sheet.page.write_url(3, 0, "https://example.com/", string="ссылка")
    sheet.sample.cells.append("ссылка")
    return sheet.build()


SHEET_SAMPLES: list[Callable[[], Sample]] = [
    simple_sheet,
    number_formats,
    dates,
    formulas,
    merged_cells,
    wide_sheet,
    long_sheet,
    hidden_cells,
    print_area,
    several_sheets,
    wrapped_text,
    styles,
    pictures,
    header_and_footer,
    landscape,
    booleans,
]
