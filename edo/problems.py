"""What is wrong, in words: the one shape for every list of failed checks."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from econtract.platform.common.refusals import Refusal as Problem

__all__ = ["Problem", "day", "in_words"]

MOSCOW = ZoneInfo("Europe/Moscow")


def in_words(problems: tuple[Problem, ...] | list[Problem]) -> str:
    """All problems as one text."""
    return " ".join(problem.text for problem in problems)


def day(moment: date | datetime) -> str:
    """A date as people read it, of the Moscow day for a moment: 21.11.2026."""
    if isinstance(moment, datetime):
        moment = moment.astimezone(MOSCOW)
    return moment.strftime("%d.%m.%Y")
