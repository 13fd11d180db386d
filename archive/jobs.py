"""Celery jobs of the archive. A job that is lost or repeated changes nothing but the delay."""

import logging

from celery import shared_task

from archive import sweeping

log = logging.getLogger(__name__)


@shared_task(name="archive.sweep_files", expires=3600)
def sweep_files() -> None:
    """Removes what nothing refers to, and reads a sample of the rest against its hashes."""
    documents, files = sweeping.sweep()
    damaged = sweeping.find_damaged()
    log.info("files swept documents=%s files=%s damaged=%s", documents, files, len(damaged))
