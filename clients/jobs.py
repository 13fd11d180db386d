"""Celery tasks of `clients`, run by beat. Losing or repeating one only delays the work."""

from celery import shared_task

from clients.messages import limits, reports


@shared_task(name="clients.ask_about_silent_messages")
def ask_about_silent_messages() -> None:
    """Asks the provider about messages whose delivery report is late."""
    reports.ask_about_silent_messages()


@shared_task(name="clients.delete_old_messages")
def delete_old_messages() -> None:
    """Deletes messages that are older than their retention, and counters of a day ago."""
    reports.delete_old_messages()
    limits.delete_old_counts()
