"""How large a file may be, told by its first bytes."""

from archive.intake.kinds import MEBIBYTE, PDF_SIGNATURE
from archive.intake.refusals import IntakeRefused

PDF_LIMIT = 30 * MEBIBYTE
OFFICE_LIMIT = 10 * MEBIBYTE


def size_limit(head: bytes) -> int:
    """Bytes allowed to a file that begins with ``head``: 30 MB for a PDF, 10 MB else."""
    return PDF_LIMIT if head.startswith(PDF_SIGNATURE) else OFFICE_LIMIT


def refuse_size(size: int, head: bytes) -> None:
    """Raises IntakeRefused for an empty file and for one over the limit of its kind."""
    if size == 0:
        raise IntakeRefused("empty")
    limit = size_limit(head)
    if size > limit:
        raise IntakeRefused("too_big_pdf" if limit == PDF_LIMIT else "too_big_office")
