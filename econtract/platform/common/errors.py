"""Errors that one app raises and another one handles."""

from datetime import datetime

from django.http import Http404

from econtract.platform.common.refusals import Refusal


class OutsideError(Exception):
    """A call to an outside system failed: `Unavailable` or `Refused`.

    ``system`` is the system's name in ``settings.OUTSIDE``. ``code`` is the stable code of a
    refusal, or of an outage that an administrator has to end; else "". ``text`` explains it; it
    can come from the system and contain the client's data. ``message`` is the code with the text.
    """

    def __init__(self, system: str, text: str, *, code: str = "") -> None:
        self.system = system
        self.code = code
        self.text = text
        self.message = f"{self.code} {text}".strip()
        super().__init__(f"{system}: {self.message}")


class Unavailable(OutsideError):
    """The call may succeed later: no answer, an overload, an error in the system.

    The system may or may not have acted; repeat with the same idempotency key. ``retry_after`` is
    the number of seconds that it asks to wait, None if it does not say.
    """

    def __init__(
        self, system: str, text: str, *, code: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(system, text, code=code)
        self.retry_after = retry_after


class Refused(OutsideError):
    """The system understood the request and refused it. Repeating it cannot help.

    ``status`` is the HTTP status of the refusal, None when it did not come over HTTP.
    """

    def __init__(
        self, system: str, code: str, text: str = "", *, status: int | None = None
    ) -> None:
        super().__init__(system, text, code=code)
        self.status = status


class NotReadyYet(Exception):
    """Something must happen first, such as another job of ours; try again in ``seconds``.

    A job that raises it has not failed. It is parked all the same after ``until``, by default an
    hour after it was created. ``code`` is for waits that users are told of.
    """

    def __init__(
        self, reason: str, *, seconds: float = 2, until: datetime | None = None, code: str = ""
    ) -> None:
        super().__init__(reason)
        self.code = code
        self.seconds = seconds
        self.until = until


class NotVisibleAnymore(Http404):
    """404 for an object that the user saw until a change, which ``title`` and ``text`` name."""

    def __init__(self, title: str, text: str) -> None:
        super().__init__(text)
        self.title = title
        self.text = text


class ActionRefused(Exception):
    """What a user asked for is not possible now.

    ``refusals`` say why, at least one; ``messages`` are their sentences for a page.
    """

    def __init__(self, *refusals: Refusal) -> None:
        super().__init__(" ".join(refusal.message for refusal in refusals))
        self.refusals = refusals

    @property
    def messages(self) -> list[str]:
        return [refusal.message for refusal in self.refusals]
