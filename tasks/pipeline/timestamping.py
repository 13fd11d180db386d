"""Time-stamps over packages: the first soon after the sealing, then one a year."""

import zipfile
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from archive.files import storage
from archive.models import Package, PackageTimestamp, StoredFile, TimestampProof
from archive.package import manifest, timestamps
from archive.package.timestamps import TimestampFolder
from econtract.platform.common import clock
from econtract.platform.outbox import queue
from econtract.platform.outbox.models import OutboxJob
from econtract.platform.outbox.registry import JobKind
from edo import archive_timestamps
from edo.archive_timestamps import ArchiveTimestamp
from tasks.pipeline.package_downloads import find_anchor, load_timestamps, store_download

KIND = "timestamp_package"
# In one day, so that the service is not flooded when it is new or has been away.
MAX_TIMESTAMPS_A_DAY = 1000
PROOF = "application/octet-stream"


class TimestampPackage(JobKind):
    """Makes the next time-stamp of a package, the subject.

    Payload: ``number``, that of the stamp. The stamp covers the manifest, the seal and all earlier
    stamps; the stored package does not change, and its download gets the new stamp.
    """

    kind = KIND
    title = "Штамп времени пакета"
    system = "tsp"
    # Administrators are told by `tasks.notifications.timestamps`.
    caption_when_parked = None

    def run(self, job: OutboxJob) -> None:
        package = Package.objects.select_related("file").get(pk=job.subject)
        folders = load_timestamps(package)
        is_due = len(folders) + 1 == job.payload["number"]
        if not is_due or not archive_timestamps.has_timestamp_service():
            with transaction.atomic():
                job.complete()
            return
        folder, timestamp = _make_folder(package, folders)
        anchor = find_anchor(package) if package.is_anchored else None
        file = store_download(package, [*folders, folder], anchor)
        proofs = [(name, storage.store_bytes(content, PROOF)) for name, content in folder.proofs]
        with transaction.atomic():
            if job.complete():
                _store_timestamp(package, folder, timestamp, proofs)
                Package.objects.filter(pk=package.pk).update(stamped_file=file)


def enqueue_timestamp(package: Package, number: int = 1) -> None:
    """Enqueues the stamp ``number`` of the package; call it in a transaction."""
    if archive_timestamps.has_timestamp_service():
        queue.enqueue(
            kind=KIND,
            subject=package.pk,
            queue_key=f"package-{package.pk}",
            payload={"number": number},
        )


def enqueue_due_timestamps() -> int:
    """Enqueues the stamps that are due; returns how many. The job runs every day."""
    if not archive_timestamps.has_timestamp_service():
        return 0
    packages = list(find_due_packages(clock.now())[:MAX_TIMESTAMPS_A_DAY])
    for package in packages:
        with transaction.atomic():
            enqueue_timestamp(package, package.timestamps.count() + 1)
    return len(packages)


def find_due_packages(now: datetime) -> QuerySet[Package]:
    """Packages without a stamp, or whose last one must be renewed; those with a job left out."""
    rows = PackageTimestamp.objects.filter(package=OuterRef("pk"))
    jobs = OutboxJob.objects.open().filter(kind=KIND, subject=OuterRef("pk"))
    is_fresh = rows.filter(renew_at__gt=now)
    return Package.objects.filter(~Exists(is_fresh), ~Exists(jobs)).order_by("pk")


def _make_folder(
    package: Package, folders: list[TimestampFolder]
) -> tuple[TimestampFolder, ArchiveTimestamp]:
    sealed = _read_sealed_files(package)
    number = len(folders) + 1
    proofs = archive_timestamps.collect_previous(
        seal=sealed.get(manifest.SEAL_NAME), token=folders[-1].token if folders else None
    )
    listing = timestamps.build_listing(
        [
            *sealed.items(),
            *(file for folder in folders for file in folder.list_files()),
            *((timestamps.build_path(number, name), content) for name, content in proofs),
        ]
    )
    timestamp = archive_timestamps.make_timestamp(listing)
    folder = TimestampFolder(
        number=number,
        listing=listing,
        token=timestamp.token,
        certificates=timestamp.certificates,
        stamped_at=timestamp.stamped_at,
        proofs=proofs,
    )
    return folder, timestamp


def _read_sealed_files(package: Package) -> dict[str, bytes]:
    """The manifest and, unless the package is older than seals, the seal."""
    with storage.open_file(package.file) as file, zipfile.ZipFile(file) as archive:
        names = [name for name in (manifest.NAME, manifest.SEAL_NAME) if name in archive.namelist()]
        return {name: archive.read(name) for name in names}


def _store_timestamp(
    package: Package,
    folder: TimestampFolder,
    timestamp: ArchiveTimestamp,
    proofs: list[tuple[str, StoredFile]],
) -> None:
    row = PackageTimestamp.objects.create(
        package=package,
        number=folder.number,
        listing=folder.listing,
        token=folder.token,
        certificates=folder.certificates,
        stamped_at=timestamp.stamped_at,
        certificate_ends_at=timestamp.certificate_ends_at,
        renew_at=timestamp.renew_at,
    )
    TimestampProof.objects.bulk_create(
        TimestampProof(timestamp=row, name=name, file=file) for name, file in proofs
    )
