"""The built-in converter: DOCX and XLSX to HTML, and HTML to PDF with WeasyPrint.

Everything in this package runs in a confined process of its own and imports no Django.
"""
