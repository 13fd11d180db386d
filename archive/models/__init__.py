"""Stored files, documents, templates and packages. They do not know signing tasks."""

from archive.models.document_templates import DocumentTemplate, TemplateField, TemplateVersion
from archive.models.documents import Document, DocumentVersion, EvidenceFile
from archive.models.files import StoredFile
from archive.models.packages import Package, PackageTimestamp, TimestampProof
from archive.models.parts import DocumentPart

__all__ = [
    "Document",
    "DocumentPart",
    "DocumentTemplate",
    "DocumentVersion",
    "EvidenceFile",
    "Package",
    "PackageTimestamp",
    "StoredFile",
    "TemplateField",
    "TemplateVersion",
    "TimestampProof",
]
