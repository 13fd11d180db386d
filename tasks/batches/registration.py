"""Registration of the outbox job kinds of batches, and of what they wait for."""

from archive.signals import version_settled
from econtract.platform.outbox import registry
from tasks.batches.job_kinds import CheckBatch, FeedBatch
from tasks.batches.preparing import PrepareBatchRow, on_version_settled


def register_all() -> None:
    """Called once, at start-up."""
    version_settled.connect(on_version_settled, dispatch_uid="batches")
    for job_kind in (CheckBatch, FeedBatch, PrepareBatchRow):
        registry.register(job_kind)
