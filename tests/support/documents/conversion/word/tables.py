"""Tables."""

from collections.abc import Callable

from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Cm

from tests.support.documents.conversion.samples import Sample, WordBuilder


def simple_table() -> Sample:
    word = WordBuilder("a table of prices")
    rows = [["Услуга", "Кол-во", "Цена, руб.", "Сумма, руб."]]
    rows += [
        [f"Канал связи {n}", f"{n}", f"{n * 1000},50", f"{n * n * 1000},00"] for n in range(1, 9)
    ]
    word.table(rows)
    return word.build()


def merged_table() -> Sample:
    word = WordBuilder("a table with merged cells")
    table = word.table([[""] * 4 for _ in range(5)])
    for (top, left, bottom, right), text in {
        (0, 0, 1, 0): "Наименование",
        (0, 1, 0, 3): "Показатели",
        (1, 1, 1, 1): "2024",
        (1, 2, 1, 2): "2025",
        (1, 3, 1, 3): "2026",
        (2, 0, 2, 0): "Доходы",
        (2, 1, 3, 2): "по согласованию",
        (2, 3, 2, 3): "17",
        (3, 0, 3, 0): "Расходы",
        (3, 3, 3, 3): "19",
        (4, 0, 4, 3): "Итого по всем показателям",
    }.items():
        cell = table.cell(top, left)
        if (top, left) != (bottom, right):
            cell = cell.merge(table.cell(bottom, right))
        cell.text = text
        word.cell(text)
    return word.build()


def nested_table() -> Sample:
    word = WordBuilder("a table in a table")
    outer = word.table([["Сведения", ""], ["Реквизиты", "нет"]])
    inner = outer.cell(0, 1).add_table(2, 2)
    for row, texts in enumerate([["ИНН", "7707083893"], ["КПП", "773601001"]]):
        for column, text in enumerate(texts):
            inner.cell(row, column).text = text
            word.sample.cells.append(text)
            word.sample.unordered_text.append(text)
    return word.build()


def table_without_borders() -> Sample:
    word = WordBuilder("signatures in a table without borders")
    word.paragraph("Подписи сторон")
    word.table(
        [
            ["Исполнитель", "Заказчик"],
            ["ПАО «Связь»", "ООО «Ромашка»"],
            ["____________ Петров П. П.", "____________ Иванов И. И."],
        ],
        style="Normal Table",
    )
    return word.build()


def long_table() -> Sample:
    word = WordBuilder("a table over several pages")
    rows = [["№", "Адрес", "Скорость"]]
    rows += [[str(n), f"г. Тула, ул. Мира, д. {n}", f"{n * 10} Мбит/с"] for n in range(1, 121)]
    table = word.table(rows)
    header = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(header)
    return word.build()


def table_styles() -> Sample:
    word = WordBuilder("table styles, shading and alignment")
    table = word.table([["Параметр", "Значение"], ["Скорость", "100"]], "Light Grid Accent 1")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.columns[0].width = Cm(9)
    table.cell(1, 1).paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    shade = parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:fill="FFE699"/>')
    table.cell(1, 0)._tc.get_or_add_tcPr().append(shade)
    return word.build()


TABLES: list[Callable[[], Sample]] = [
    simple_table,
    merged_table,
    nested_table,
    table_without_borders,
    long_table,
    table_styles,
]
