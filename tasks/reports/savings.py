"""What remote signing saves against paper (docs/rules.md#reports)."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings

DAYS_PER_YEAR = 365


@dataclass(frozen=True)
class Savings:
    """Against the same documents on paper: roubles for printing and delivery, working time."""

    roubles: int
    working_time: timedelta


def compute_savings(signed_count: int) -> Savings:
    """What ``signed_count`` signed documents have saved."""
    minutes = settings.PAPER_MANAGER_MINUTES + settings.PAPER_BACK_OFFICE_MINUTES
    return Savings(
        roubles=signed_count * settings.PAPER_DOCUMENT_ROUBLES,
        working_time=timedelta(minutes=signed_count * minutes),
    )


def expected_contract_count(since: date, until: date) -> int:
    """How many contracts the company concludes in the period in any way; 0 if that is not known.

    Both days are included.
    """
    days = (until - since).days + 1
    return round(settings.CONTRACTS_PER_YEAR * days / DAYS_PER_YEAR)
