"""XLSX to HTML: the print areas of visible sheets as tables."""

from archive.conversion.builtin.sheet.layout import workbook_to_html
from archive.conversion.builtin.sheet.number_formats import format_value
from archive.conversion.builtin.sheet.workbook import read_cell_texts

__all__ = ["format_value", "read_cell_texts", "workbook_to_html"]
