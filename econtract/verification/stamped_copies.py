"""Comparing the stamped copy of a package with its document."""

from archive import isolation
from econtract.verification.package_files import PackageFiles

MAX_SIZE = 20 * 1024 * 1024  # both are copied to memory
LIMITS = isolation.Limits(
    seconds=20, cpu_seconds=15, memory=1024 * isolation.MEBIBYTE, file_size=isolation.MEBIBYTE
)


def find_copy_difference(files: PackageFiles, document: str, copy: str) -> int | None:
    """The number of the first page that the ``copy`` shows otherwise, 0 if there is none.

    None if the two cannot be compared: they are too large or no readable PDFs, or this system
    cannot confine a process.
    """
    if max(files.size(document), files.size(copy)) > MAX_SIZE:
        return None
    try:
        with (
            files.open(document) as first,
            files.open(copy) as second,
            isolation.open_descriptor(first) as first_descriptor,
            isolation.open_descriptor(second) as second_descriptor,
        ):
            head, _ = isolation.run_function(
                "find_copy_difference", [first_descriptor, second_descriptor], limits=LIMITS
            )
    except (isolation.IsolationError, OSError, AttributeError):
        return None
    page: int = head["page"]
    return page
