"""Numbers of messages that are not sent by an outbox job, whose key serves otherwise."""

from itertools import count
from uuid import UUID, uuid5

from clients.models import SentMessage

_NAMESPACE = UUID("6f7d0c62-6a43-4d5e-9b1f-0f2c9a0b7c11")


def find_next_key(subject: str) -> UUID:
    """The key of the next message about ``subject``, such as a code.

    While nobody knows whether the latest one has left, it is that one's: the provider is asked
    before anything is sent again.
    """
    keys = (uuid5(_NAMESPACE, f"{subject}:{number}") for number in count())
    return next(key for key in keys if not _has_ended(key))


def _has_ended(key: UUID) -> bool:
    return SentMessage.objects.filter(key=key).exclude(state=SentMessage.State.QUEUED).exists()
