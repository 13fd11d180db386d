"""XLSX to HTML: the print areas of visible sheets as tables."""

from archive.conversion.builtin.sheet.layout import workbook_to_html
from archive.conversion.builtin.sheet.workbook import extract_workbook_text

__all__ = ["extract_workbook_text", "workbook_to_html"]
