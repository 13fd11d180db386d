"""A refusal, for people and for machines."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """One reason why an action, a check or an upload is refused.

    ``code`` is stable: it may be stored, compared and shown by an API. ``text`` is a Russian
    sentence for the user. ``fix`` is another one that tells them what to do about it; it is empty
    when the text says it already or when there is nothing to do.
    """

    code: str
    text: str
    fix: str = ""

    @property
    def message(self) -> str:
        """What a page shows: the text, then the fix."""
        return f"{self.text} {self.fix}".strip()

    def __str__(self) -> str:
        return self.message


def join_texts(refusals: Iterable[Refusal]) -> str:
    """The texts as one, without their fixes."""
    return " ".join(refusal.text for refusal in refusals)
