"""The kinds of outbox job and the inbound feeds. Other apps register theirs at start-up."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.exceptions import ImproperlyConfigured

from econtract.platform.outbox.models import InboundEvent, OutboxJob

DEFAULT_QUEUE = "celery"
CONVERSION_QUEUE = "conversion"


class JobKind:
    """One kind of outbox job: its names, the system it calls, and how it runs.

    Subclasses set the first four attributes; `register` refuses a class that lacks one. The
    docstring says what the job's ``subject`` and ``payload`` hold.
    """

    # Stored in `OutboxJob.kind`.
    kind: ClassVar[str]
    # The title in the admin and in the timeline.
    title: ClassVar[str]
    # Code of the outside system that the job calls, "" if it calls none.
    system: ClassVar[str]
    # What users read when a job of this kind was parked. None, written out, if there is nothing
    # to read: the failure shows in another way, or concerns administrators alone.
    caption_when_parked: ClassVar[str | None]
    # The Celery queue whose workers run it. Jobs that compute for long have workers of their own,
    # so that they hold up nothing else.
    worker_queue: ClassVar[str] = DEFAULT_QUEUE

    def run(self, job: OutboxJob) -> None:
        """Does the work. Outside calls are made with no transaction open.

        The result is then stored in one transaction that starts with `job.complete()`; when that
        returns False, nothing may be stored. May raise Unavailable (tried again with growing
        delays), NotReadyYet (tried again soon) and Refused (parked at once).
        """
        raise NotImplementedError

    def on_exhausted(self, job: OutboxJob, error: Exception) -> None:
        """Called in the transaction that parks the job. An error here does not stop parking."""

    def retry(self, job: OutboxJob, actor: Any) -> None:
        """An administrator, ``actor``, wants the parked job to run again.

        May raise ActionRefused.
        """
        job.reopen()


@dataclass(frozen=True)
class IncomingEvent:
    """One event as its source gave it."""

    external_id: str
    payload: dict[str, Any]


@dataclass(frozen=True)
class Feed:
    """A source of events.

    `read(cursor)` returns (events, next cursor) and may raise Unavailable or Refused.
    `handle(event)` runs in a transaction; it returns False when the object that the event is
    about is not known yet.
    """

    source: str
    read: Callable[[str], tuple[Sequence[IncomingEvent], str]]
    handle: Callable[[InboundEvent], bool]


_job_kinds: dict[str, JobKind] = {}
_feed_providers: list[Callable[[], Iterable[Feed]]] = []


def register(job_kind: type[JobKind]) -> None:
    """Adds a kind of job.

    Raises ImproperlyConfigured when the class lacks an attribute or its kind is taken.
    """
    name = job_kind.__qualname__
    for attribute in ("kind", "title", "system", "caption_when_parked"):
        if not hasattr(job_kind, attribute):
            raise ImproperlyConfigured(f"The job kind {name} does not set {attribute}.")
    if not job_kind.kind or not job_kind.title or job_kind.caption_when_parked == "":
        raise ImproperlyConfigured(f"The job kind {name} has an empty kind, title or caption.")
    if job_kind.kind in _job_kinds:
        raise ImproperlyConfigured(f"The job kind {job_kind.kind!r} is registered twice.")
    _job_kinds[job_kind.kind] = job_kind()


def job_kinds() -> list[JobKind]:
    return list(_job_kinds.values())


def job_kind(kind: str) -> JobKind:
    """Raises LookupError for a kind that is not registered."""
    try:
        return _job_kinds[kind]
    except KeyError:
        raise LookupError(f"The job kind {kind!r} is not registered.") from None


def worker_queue_of(kind: str) -> str:
    """The Celery queue for jobs of ``kind``."""
    registered = _job_kinds.get(kind)
    return registered.worker_queue if registered else DEFAULT_QUEUE


def title_of(kind: str) -> str:
    """The title of ``kind``; old rows may have a kind that is no longer registered."""
    job_kind = _job_kinds.get(kind)
    return job_kind.title if job_kind else kind


def register_feeds(provider: Callable[[], Iterable[Feed]]) -> None:
    """Adds feeds. The provider is called at every poll, since feeds come and go with the data."""
    _feed_providers.append(provider)


def feeds() -> list[Feed]:
    return [feed for provider in _feed_providers for feed in provider()]
