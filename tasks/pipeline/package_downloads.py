"""What users download of a package: the sealed file, with what was added to it since."""

import hashlib
import shutil
import tempfile
from pathlib import Path

from archive.files import storage
from archive.models import Package, StoredFile
from archive.package import timestamps
from archive.package.anchors import AnchorFolder
from archive.package.timestamps import TimestampFolder
from tasks import channels
from tasks.models import SigningTask

ZIP = "application/zip"


def store_download(
    package: Package, folders: list[TimestampFolder], anchor: AnchorFolder | None
) -> StoredFile:
    """Store the package with its time-stamps and its anchor after the sealed files."""
    added = [(folder.stamped_at, folder.list_files()) for folder in folders]
    if anchor is not None:
        added.append((anchor.made_at, anchor.list_files()))
    with tempfile.TemporaryDirectory(prefix="package-") as work:
        source, target = Path(work, "package.zip"), Path(work, "download.zip")
        with storage.open_file(package.file) as stored, source.open("wb") as copy:
            shutil.copyfileobj(stored, copy)
        timestamps.write_extended_package(source, target, added)
        with target.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            return storage.store_file(file, sha256=sha256, content_type=ZIP)


def load_timestamps(package: Package) -> list[TimestampFolder]:
    """The folders of the time-stamps of ``package``, in their order."""
    rows = package.timestamps.prefetch_related("proofs__file")
    return [
        TimestampFolder(
            number=row.number,
            listing=bytes(row.listing),
            token=bytes(row.token),
            certificates=bytes(row.certificates),
            stamped_at=row.stamped_at,
            proofs=[(proof.name, storage.read_file(proof.file)) for proof in row.proofs.all()],
        )
        for row in rows
    ]


def find_anchor(package: Package) -> AnchorFolder | None:
    """The anchor over the records of a simple signature, once there is one that covers them."""
    task = SigningTask.objects.select_related("simple_signing").filter(package=package).first()
    evidence = channels.find_anchor(task) if task else None
    if evidence is None:
        return None
    return AnchorFolder(
        content=evidence.content,
        seal=evidence.seal,
        proof=evidence.proof,
        made_at=evidence.made_at,
        stamp=evidence.stamp,
        certificates=evidence.certificates,
    )
