"""How work in a confined process can end badly."""


class IsolatedError(Exception):
    """The confined process gave no answer. One of the two kinds below."""


class Exhausted(IsolatedError):
    """It ran into a limit of time or memory, or crashed."""


class Failed(IsolatedError):
    """Its code raised an error that it did not expect; the text names the error's type."""
