"""The built-in converter: DOCX and XLSX to HTML to PDF (WeasyPrint). Needs no service.

Everything in this package runs in a confined process of its own and imports no Django.
"""
