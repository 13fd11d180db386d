"""The errors of a confined process."""


class IsolationError(Exception):
    """The confined process returned no result. Always one of the two classes below."""


class LimitExceeded(IsolationError):
    """It ran out of time or memory, or crashed."""


class FunctionFailed(IsolationError):
    """Its code raised an unexpected error. The message names the type of the error only."""
