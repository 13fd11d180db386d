"""Toasts with «Отменить»: an action that can be undone from the next page.

Django's messages carry a text only. A toast that offers an undo needs an address too, so it is
kept in the session until a page draws it. Plain toasts remain Django's messages.
"""

from dataclasses import asdict, dataclass

from django.http import HttpRequest

UNDO_TOASTS_IN_SESSION = "undo_toasts"


@dataclass(frozen=True)
class UndoToast:
    """A done action and the address whose POST undoes it."""

    text: str
    undo_url: str


def offer_undo(request: HttpRequest, toast: UndoToast) -> None:
    """Shows ``toast`` on the next page that this session opens."""
    waiting = request.session.get(UNDO_TOASTS_IN_SESSION, [])
    request.session[UNDO_TOASTS_IN_SESSION] = [*waiting, asdict(toast)]


def take_undo_toasts(request: HttpRequest) -> list[UndoToast]:
    """The toasts that have not been rendered yet, oldest first; each is returned once."""
    if UNDO_TOASTS_IN_SESSION not in request.session:
        return []
    return [UndoToast(**values) for values in request.session.pop(UNDO_TOASTS_IN_SESSION)]
