"""The files inside of a stored PDF, one at a time."""

from archive import isolation
from archive.files import storage
from archive.models import DocumentVersion

LIMITS = isolation.Limits(seconds=20, cpu_seconds=10, memory=600 * isolation.MEBIBYTE, file_size=0)


def read_attachment(version: DocumentVersion, index: int) -> tuple[str, bytes]:
    """The name and the bytes of the file ``index`` (from 0) inside of the version's PDF.

    The files are numbered as in the finding "pdf_attachments". Raises IndexError when there is no
    such file, and the errors of `storage.open_file`.
    """
    if version.pdf is None or index < 0:
        raise IndexError(index)
    with storage.open_file(version.pdf) as pdf, isolation.open_descriptor(pdf) as descriptor:
        try:
            head, data = isolation.run_function(
                "pdf_attachment", [descriptor], limits=LIMITS, index=index
            )
        except isolation.IsolationError:
            raise IndexError(index) from None
    return head["name"], data
