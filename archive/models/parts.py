"""The files that a joined document version consists of."""

from django.db import models

from archive.models.documents import DocumentVersion
from archive.models.files import StoredFile


class DocumentPart(models.Model):
    """One of the files that a joined version consists of, in their order from 1.

    ``version`` is the file: inspected, converted and kept like any other. ``joined`` is the
    version whose PDF has the pages of all parts. The parts of a version never change: another
    order makes another version.
    """

    joined = models.ForeignKey(
        DocumentVersion, models.CASCADE, related_name="parts", verbose_name="Документ"
    )
    position = models.PositiveSmallIntegerField("Порядок")
    version = models.ForeignKey(
        DocumentVersion, models.PROTECT, related_name="part_of", verbose_name="Файл"
    )

    class Meta:
        verbose_name = "часть документа"
        verbose_name_plural = "части документа"
        ordering = ["joined", "position"]
        constraints = [
            models.UniqueConstraint(fields=["joined", "position"], name="document_part_position"),
            models.UniqueConstraint(fields=["joined", "version"], name="document_part_once"),
        ]

    def __str__(self) -> str:
        return f"Файл {self.position} «{self.version.file_name}»"

    @property
    def title(self) -> str:
        """The name in the page of contents and the bookmarks: the file's, without extension."""
        return self.version.file_stem

    @property
    def pdf(self) -> StoredFile:
        """The PDF of a part that is ready."""
        if self.version.pdf is None:
            raise ValueError(f"Version {self.version_id} has no PDF.")
        return self.version.pdf
