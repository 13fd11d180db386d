"""The state of a joined version, which follows from the states of its parts.

Lock order: a part before the version that it belongs to.
"""

from archive import document_jobs
from archive.models import DocumentVersion

ABANDONED = "Не преобразован: документ откреплен раньше"

State = DocumentVersion.State


def follow_part(part_id: int) -> None:
    """Brings the joined versions with the part ``part_id`` up to date, in its transaction.

    Two parts may become ready at the same time: the lock makes one of them see the other.
    """
    unfinished = DocumentVersion.objects.filter(state__in=(State.CONVERTING, State.FAILED))
    joined = unfinished.filter(parts__version=part_id).exclude(problem=ABANDONED)
    for version in joined.select_for_update(of=("self",)).order_by("pk"):
        settle(version)


def settle(joined: DocumentVersion) -> None:
    """Saves the state of ``joined``, which is locked or new; enqueues its job when it is due.

    A part that failed fails the whole, with the name of the part, until it is converted after all
    or replaced.
    """
    parts = list(joined.parts.select_related("version"))
    failed = next((part for part in parts if part.version.state == State.FAILED), None)
    joined.state = State.FAILED if failed else State.CONVERTING
    joined.problem = f"{failed}: {failed.version.problem}"[:500] if failed else ""
    joined.save(update_fields=["state", "problem"])
    if all(part.version.is_ready for part in parts):
        document_jobs.enqueue(joined, document_jobs.JOIN)


def abandon(joined: DocumentVersion) -> None:
    """Nobody needs the joined version any more. Its parts may be needed for another one."""
    locked = DocumentVersion.objects.select_for_update().get(pk=joined.pk)
    document_jobs.cancel(locked)
    if locked.state != State.READY:
        locked.state, locked.problem = State.FAILED, ABANDONED
        locked.save(update_fields=["state", "problem"])
