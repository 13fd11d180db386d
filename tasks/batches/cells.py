"""The cells of a row before any rule of the business: what Excel did to them."""

import re
from collections.abc import Mapping

from archive.tables.cells import CellMark
from archive.tables.reading import TableRow
from clients.models.formats import compact
from tasks.batches.columns import TITLES, ColumnMap

# Digits that are numbers to Excel and text to everybody else.
DIGIT_FIELDS = frozenset({"inn", "kpp", "phone", "snils", "account_number", "document_number"})
# The lengths of an ИНН that has lost its first zero.
LENGTHS_WITHOUT_ZERO = {9, 11}
SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?[eEеЕ]\+?\d+")
HIDDEN = "Строка скрыта в файле: покажите ее или удалите"
FIX_FORMAT = "задайте столбцу формат «Текстовый» и введите значение снова"
MARK_PROBLEMS = {
    CellMark.FORMULA: "«{title}»: в ячейке формула, вставьте вместо нее значение",
    CellMark.ERROR_VALUE: "«{title}»: в ячейке ошибка Excel «{text}»",
    CellMark.ROUNDED: "«{title}»: Excel округлил длинное число, " + FIX_FORMAT,
    CellMark.TOO_LONG: "«{title}»: значение слишком длинное",
}


def find_cell_problems(row: TableRow, columns: ColumnMap) -> list[str]:
    """What is wrong with the cells that are used; sentences for the manager."""
    problems = [HIDDEN] if row.is_hidden else []
    titles = {heading: TITLES[name] for name, heading in columns.fields.items()}
    titles |= {heading: heading for heading in columns.asked.values()}
    for heading, title in titles.items():
        text, mark = row.values.get(heading, ""), row.marks.get(heading)
        if mark in MARK_PROBLEMS:
            problems.append(MARK_PROBLEMS[mark].format(title=title, text=text))
    problems += [
        f"«{TITLES[name]}»: Excel сократил число, {FIX_FORMAT}"
        for name in sorted(DIGIT_FIELDS & columns.fields.keys())
        if SCIENTIFIC.fullmatch(row.values.get(columns.fields[name], ""))
    ]
    return problems


def restore_zero(row: TableRow, columns: ColumnMap) -> tuple[Mapping[str, str], list[str]]:
    """The values of the row with the zero that Excel took from an ИНН, and a note that says so.

    The check digits of the ИНН, which are checked later, prove the guess.
    """
    heading = columns.fields["inn"]
    number = compact(row.values.get(heading, ""))
    if row.marks.get(heading) is not CellMark.NUMBER or len(number) not in LENGTHS_WITHOUT_ZERO:
        return row.values, []
    note = f"Excel убрал ноль в начале ИНН: прочитали 0{number}"
    return {**row.values, heading: f"0{number}"}, [note]
