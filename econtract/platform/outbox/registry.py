"""Who handles which kind of job and whose feeds are read. Filled when the apps get ready."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from econtract.platform.outbox.models import InboundEvent, OutboxJob


class Handler(Protocol):
    """What a room does with one kind of job.

    `run` makes the outside call with no transaction open, then, in one transaction, calls
    `job.complete()` (False: return silently, another worker was faster) and records the result.
    It may raise Unavailable (repeated with pauses) and NotReadyYet (looked at again soon).
    `on_exhausted` is called in the transaction that parks the job. `retry` is a person's wish to
    have a parked job again.
    """

    def run(self, job: OutboxJob) -> None: ...

    def on_exhausted(self, job: OutboxJob, error: Exception) -> None: ...

    def retry(self, job: OutboxJob, actor: Any) -> None: ...


class PlainHandler:
    """A handler that needs nothing done when its job is parked, and is retried as it was."""

    def on_exhausted(self, job: OutboxJob, error: Exception) -> None:
        """Nothing depends on this job: the administrator's list of parked jobs is enough."""

    def retry(self, job: OutboxJob, actor: Any) -> None:
        job.reopen()


@dataclass(frozen=True)
class Incoming:
    """One event as a source gave it."""

    external_id: str
    payload: dict[str, Any]


@dataclass(frozen=True)
class Feed:
    """A source of events: how to read on from a cursor, and what to do with one event.

    `read(cursor)` answers (events, next cursor) and may raise Unavailable or Refused.
    `handle(event)` runs in a transaction; False: what the event is about is not known yet.
    """

    source: str
    read: Callable[[str], tuple[Sequence[Incoming], str]]
    handle: Callable[[InboundEvent], bool]


_handlers: dict[str, Handler] = {}
_titles: dict[str, str] = {}
_feed_providers: list[Callable[[], Iterable[Feed]]] = []


def register(kind: str, title: str, handler: Handler) -> None:
    """Announces the handler of ``kind``, which people know as ``title``.

    Raises ValueError when there is one already.
    """
    if kind in _handlers:
        raise ValueError(f"Jobs of kind {kind} have a handler already.")
    _handlers[kind], _titles[kind] = handler, title


def title_of(kind: str) -> str:
    """What people call jobs of ``kind``; the kind itself when nobody handles it any more."""
    return _titles.get(kind, kind)


def job_kind(kind: str) -> Handler:
    """The handler of ``kind``. Raises LookupError when nobody announced one."""
    try:
        return _handlers[kind]
    except KeyError:
        raise LookupError(f"Nobody handles jobs of kind {kind}.") from None


def kinds() -> list[str]:
    """Every kind of job that somebody handles."""
    return list(_handlers)


def register_feeds(provider: Callable[[], Iterable[Feed]]) -> None:
    """Announces feeds; the provider is asked anew at every poll (a box may be added)."""
    _feed_providers.append(provider)


def feeds() -> list[Feed]:
    return [feed for provider in _feed_providers for feed in provider()]
