"""Adding the anchor of the day to the packages of documents that were signed by SMS."""

from django.db import transaction
from django.db.models import Exists, OuterRef

from archive.models import Package
from econtract.platform.outbox import queue
from econtract.platform.outbox.models import OutboxJob
from econtract.platform.outbox.registry import JobKind
from tasks import channels
from tasks.pipeline.package_downloads import find_anchor, load_timestamps, store_download

KIND = "anchor_package"
# In one run, so that no day's packages keep the workers from anything else.
MAX_PACKAGES_A_RUN = 10_000


class AnchorPackage(JobKind):
    """Adds the anchor to the download of a package, the subject; once.

    The stored package does not change. Without an anchor nothing happens: a later run enqueues
    the package again.
    """

    kind = KIND
    title = "Заверение записей в пакете"
    system = ""
    caption_when_parked = None

    def run(self, job: OutboxJob) -> None:
        package = Package.objects.select_related("file").get(pk=job.subject)
        anchor = None if package.is_anchored else find_anchor(package)
        changes = {}
        if anchor is not None:
            file = store_download(package, load_timestamps(package), anchor)
            changes = {"is_anchored": True, "stamped_file": file}
        with transaction.atomic():
            if job.complete() and changes:
                Package.objects.filter(pk=package.pk).update(**changes)


def enqueue_due_anchors() -> int:
    """Enqueue the packages that an anchor covers and do not have it yet; returns how many."""
    jobs = OutboxJob.objects.open().filter(kind=KIND, subject=OuterRef("package"))
    tasks = channels.find_anchored_tasks().filter(package__is_anchored=False)
    packages = tasks.filter(~Exists(jobs)).values_list("package", flat=True)
    due = list(packages.order_by("package")[:MAX_PACKAGES_A_RUN])
    for package in due:
        with transaction.atomic():
            # The same queue as its time-stamps: both write the download.
            queue.enqueue(kind=KIND, subject=package, queue_key=f"package-{package}")
    return len(due)
