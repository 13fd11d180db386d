"""The terms of accreditation that the accepted lists add up to. No database.

A list has the history of each authority's statuses. What it cannot tell is when an authority or a
certificate disappeared: the first list without it does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from edo.trust.snapshots import AuthoritySnapshot, is_active
from edo.trust.trust_list import ACTIVE

DAY = timedelta(days=1)


@dataclass(frozen=True)
class ListCopy:
    """An accepted list: its (Moscow) day and its content."""

    day: date
    authorities: Sequence[AuthoritySnapshot]


@dataclass(frozen=True)
class Term:
    """A term of accreditation; both days are inclusive, ``until`` is None while it lasts."""

    start: date
    until: date | None

    def as_json(self) -> dict[str, Any]:
        until = self.until.isoformat() if self.until else None
        return {"from": self.start.isoformat(), "until": until}


@dataclass(frozen=True)
class CertificateHistory:
    """The authority of a certificate in each copy; None in those that do not list it."""

    days: Sequence[date]
    authorities: Sequence[AuthoritySnapshot | None]


def compute_terms(copies: Sequence[ListCopy]) -> dict[str, list[Term]]:
    """The terms of each certificate by its SHA-256. ``copies`` are in the order of their days."""
    by_copy = [
        {sha256: item for item in copy.authorities for sha256 in item["certificates"]}
        for copy in copies
    ]
    days = [copy.day for copy in copies]
    certificates = dict.fromkeys(sha256 for owners in by_copy for sha256 in owners)
    return {
        sha256: _compute(CertificateHistory(days, [owners.get(sha256) for owners in by_copy]))
        for sha256 in certificates
    }


def _compute(history: CertificateHistory) -> list[Term]:
    last = max(index for index, item in enumerate(history.authorities) if item is not None)
    authority = history.authorities[last]
    assert authority is not None  # noqa: S101 - `last` is chosen so
    statuses = authority["statuses"]
    if statuses and all(since for _, since in statuses):
        terms = _read_statuses(statuses)
    else:
        terms = _observe(history)
    if last + 1 < len(history.days):
        terms = _cut(terms, history.days[last + 1] - DAY)
    return terms


def _read_statuses(statuses: Sequence[Sequence[str]]) -> list[Term]:
    starts = [date.fromisoformat(since) for _, since in statuses]
    ends: list[date | None] = [start - DAY for start in starts[1:]]
    terms = [
        Term(start, end)
        for (status, _), start, end in zip(statuses, starts, [*ends, None], strict=True)
        if status == ACTIVE
    ]
    return [term for term in terms if term.until is None or term.until >= term.start]


def _observe(history: CertificateHistory) -> list[Term]:
    """Without dates: from the first list with an active authority to the next without."""
    terms: list[Term] = []
    start: date | None = None
    for day, authority in zip(history.days, history.authorities, strict=True):
        is_accredited = authority is not None and is_active(authority)
        if is_accredited and start is None:
            start = day
        elif not is_accredited and start is not None:
            terms.append(Term(start, day - DAY))
            start = None
    return [*terms, Term(start, None)] if start else terms


def _cut(terms: list[Term], until: date) -> list[Term]:
    return [
        Term(term.start, min(term.until or until, until)) for term in terms if term.start <= until
    ]
