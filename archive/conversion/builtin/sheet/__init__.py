"""XLSX to HTML: the printed areas of visible sheets as tables."""

from archive.conversion.builtin.sheet.layout import workbook_to_html
from archive.conversion.builtin.sheet.workbook import text_of_workbook

__all__ = ["text_of_workbook", "workbook_to_html"]
