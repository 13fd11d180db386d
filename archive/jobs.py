"""Celery tasks of the archive, run by beat. Losing or repeating one only delays the work."""

import logging

from celery import shared_task

from archive.files import cleanup

log = logging.getLogger(__name__)


@shared_task(name="archive.clean_up_files", expires=3600)
def clean_up_files() -> None:
    """Deletes unreferenced files and checks a sample of the others against their hashes."""
    documents, files = cleanup.delete_unreferenced()
    damaged = cleanup.find_damaged_files()
    log.info("files cleaned up documents=%s files=%s damaged=%s", documents, files, len(damaged))
