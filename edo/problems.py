"""What is wrong, in words: the one shape for every list of failed checks."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

MOSCOW = ZoneInfo("Europe/Moscow")


@dataclass(frozen=True)
class Problem:
    """One failed check.

    `code` is stable and may be stored and compared; `text` is Russian, for people; `fix`
    says what to do about it, empty where there is nothing to do.
    """

    code: str
    text: str
    fix: str = ""

    def __str__(self) -> str:
        return self.text


def in_words(problems: tuple[Problem, ...] | list[Problem]) -> str:
    """All problems as one text."""
    return " ".join(problem.text for problem in problems)


def day(moment: date | datetime) -> str:
    """A date as people read it, of the Moscow day for a moment: 21.11.2026."""
    if isinstance(moment, datetime):
        moment = moment.astimezone(MOSCOW)
    return moment.strftime("%d.%m.%Y")
