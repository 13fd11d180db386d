"""Which outbox job serves a status. `tasks.pipeline.registry` fills the tables at start-up."""

from collections.abc import Iterable

from django.core.exceptions import ImproperlyConfigured

from tasks.statuses import Status

_starting_jobs: dict[Status, str] = {}
_polling_jobs: dict[Status, str] = {}


def register_step(kind: str, *, starts_in: Iterable[Status], polls_in: Iterable[Status]) -> None:
    """Jobs of ``kind`` start when a task enters a status of ``starts_in``, and ask the outside
    system for its state while the task is in one of ``polls_in``.

    Raises ImproperlyConfigured when another kind does the same for a status.
    """
    for table, statuses in ((_starting_jobs, starts_in), (_polling_jobs, polls_in)):
        for status in statuses:
            if status in table:
                raise ImproperlyConfigured(f"{status}: both {table[status]} and {kind}.")
            table[status] = kind


def get_starting_job(status: Status) -> str | None:
    """The kind of job that starts when a task enters ``status``, if any."""
    return _starting_jobs.get(status)


def get_polling_job(status: Status) -> str | None:
    """The kind of job that polls the outside system while a task is in ``status``, if any."""
    return _polling_jobs.get(status)


def get_polled_statuses() -> list[Status]:
    """The statuses in which a task waits for somebody outside."""
    return list(_polling_jobs)
