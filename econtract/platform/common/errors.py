"""The errors that rooms of the house speak to one another in."""

from econtract.platform.common.refusals import Refusal


class OutsideError(Exception):
    """An outside system did not do what was asked. One of the two kinds below."""

    def __init__(self, system: str, message: str) -> None:
        super().__init__(f"{system}: {message}")
        self.system = system
        self.message = message


class Unavailable(OutsideError):
    """The call may succeed later: no answer, an overload, a fault on the other side.

    Whether the other side acted is unknown; repeat with the same idempotency key.
    """

    def __init__(self, system: str, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(system, message)
        self.retry_after = retry_after


class Refused(OutsideError):
    """The other side understood and said no; repeating the same call cannot help."""

    def __init__(self, system: str, code: str, message: str = "") -> None:
        super().__init__(system, f"{code} {message}".strip())
        self.code = code


class NotReadyYet(Exception):
    """What is needed is on its way inside our own house; look again in ``seconds``."""

    def __init__(self, reason: str, *, seconds: float = 2) -> None:
        super().__init__(reason)
        self.seconds = seconds


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
