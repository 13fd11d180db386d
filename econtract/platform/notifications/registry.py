"""Kinds of notification, and types of object that notifications are about."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import Q


class SubjectType(Protocol):
    """What notifications need to know about a type of object, such as signing tasks."""

    code: str

    def visible_to(self, user: Any) -> Q:
        """The condition on `Notification` for subjects that ``user`` may see now."""
        ...

    def titles(self, ids: Collection[int], user: Any) -> dict[int, str]:
        """The titles of those of ``ids`` that ``user`` may see now, by id."""
        ...

    def reference(self, subject_id: int) -> str:
        """A text about the subject for e-mail, and for users who can no longer see it."""
        ...

    def status_label(self, status: str) -> str:
        """The label of a stored `Notification.status`."""
        ...

    def url(self, subject_id: int) -> str:
        """The path of the subject's page."""
        ...


@dataclass(frozen=True)
class NotificationKind:
    """One kind of event, from the recipient's point of view.

    ``about_recipient``: shown even when the recipient cannot see the subject.
    ``for_administrators``: shown to administrators only. ``mandatory``: the answer to a
    request of the user, so it is not in the preferences. ``link`` gives the path for a notification
    without a subject: called with its ``source`` and the user, "" for none.
    """

    code: str
    label: str
    icon: str
    about_recipient: bool = False
    for_administrators: bool = False
    mandatory: bool = False
    title: str = ""
    link: Callable[[str, Any], str] | None = None


_kinds: dict[str, NotificationKind] = {}
_subject_types: dict[str, SubjectType] = {}


def register_kinds(*kinds: NotificationKind) -> None:
    """Adds ``kinds``, in the order in which the preferences list them.

    Raises ValueError when a code is taken.
    """
    for kind in kinds:
        if kind.code in _kinds:
            raise ValueError(f"Notification kind {kind.code} is registered twice.")
        _kinds[kind.code] = kind


def register_subject_type(subject_type: SubjectType) -> None:
    """Adds a type of subject. Raises ValueError when its code is taken."""
    if subject_type.code in _subject_types:
        raise ValueError(f"Subject type {subject_type.code} is registered twice.")
    _subject_types[subject_type.code] = subject_type


def notification_kinds() -> list[NotificationKind]:
    return list(_kinds.values())


def notification_kind(code: str) -> NotificationKind:
    """Raises KeyError for a code that nobody registered."""
    return _kinds[code]


def subject_types() -> list[SubjectType]:
    return list(_subject_types.values())


def subject_type(code: str) -> SubjectType:
    """Raises KeyError for a code that nobody registered."""
    return _subject_types[code]
