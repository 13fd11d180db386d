"""DOCX to HTML."""

from archive.conversion.builtin.word.document import document_to_html

__all__ = ["document_to_html"]
