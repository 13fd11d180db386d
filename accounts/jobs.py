"""Celery tasks of `accounts`, run by beat. Losing or repeating one only delays the work."""

from celery import shared_task

from econtract.platform.common.sessions import SessionStore


@shared_task(name="accounts.delete_ended_sessions")
def delete_ended_sessions() -> None:
    """Deletes sessions that have expired: nobody reads the forms that they kept any more."""
    SessionStore.clear_expired()
