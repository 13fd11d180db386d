"""A package that stays: built, stored by its content, and known by its code."""

import tempfile
from pathlib import Path

from archive.models import Package
from archive.package.builder import build
from archive.package.parts import PackageParts
from archive.storage import store_file


def keep(*, parts: PackageParts) -> Package:
    """Builds the package and records it; the same parts again give the same row.

    Raises as `archive.package.builder.build` does.
    """
    with tempfile.TemporaryDirectory() as work:
        built = build(parts=parts, target=Path(work) / "package.zip")
        with built.path.open("rb") as file:
            stored = store_file(file, sha256=built.sha256, content_type="application/zip")
    package, _ = Package.objects.get_or_create(
        code=built.code, defaults={"file": stored, "file_name": built.file_name}
    )
    return package
