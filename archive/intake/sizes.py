"""The maximum size of a file, which depends on its first bytes."""

from archive.intake import refusals
from archive.intake.formats import MEBIBYTE, is_pdf
from archive.intake.refusals import IntakeRefused
from econtract.platform.common.refusals import Refusal

PDF_LIMIT = 30 * MEBIBYTE
OFFICE_LIMIT = 10 * MEBIBYTE


def size_limit(head: bytes) -> int:
    """The maximum size (bytes) of a file that begins with ``head``: 30 MB for a PDF, else 10 MB."""
    return PDF_LIMIT if is_pdf(head) else OFFICE_LIMIT


def check_size(size: int, head: bytes) -> None:
    """Raises IntakeRefused for an empty file and for one over the limit of its format."""
    if size == 0:
        raise IntakeRefused(refusals.EMPTY)
    if size > size_limit(head):
        raise IntakeRefused(too_large(head))


def too_large(head: bytes) -> Refusal:
    """The refusal of a file that begins with ``head`` and is over its limit."""
    is_pdf = size_limit(head) == PDF_LIMIT
    return refusals.PDF_TOO_LARGE if is_pdf else refusals.OFFICE_FILE_TOO_LARGE
