"""Uploading documents as a user does."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from archive import documents
from archive.models import DocumentVersion
from tests.support.factories import UserFactory


def upload_bytes(
    data: bytes, name: str = "договор.pdf", *, user: User | None = None, **arguments: Any
) -> DocumentVersion:
    """The document version of an upload of ``data`` by ``user``, or by somebody new."""
    upload = SimpleUploadedFile(name, data)
    return documents.upload_version(upload=upload, user=user or UserFactory(), **arguments)


def reload(version: DocumentVersion) -> DocumentVersion:
    """The version as it is in the database now."""
    return DocumentVersion.objects.select_related("source", "pdf").get(pk=version.pk)
