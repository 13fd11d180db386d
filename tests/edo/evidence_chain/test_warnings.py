"""What a court would ask about, told apart in chains that are valid."""

from datetime import timedelta
from typing import Any

import pytest

from edo.evidence_chain.kinds import RecordKind
from edo.evidence_chain.warnings import find_warnings
from tests.support.evidence_chains import START, Step, build_chain, signing_steps

LONG_AGO = (START - timedelta(days=30)).isoformat()
DAY_AGO = (START - timedelta(days=1)).isoformat()
IDENTIFIED, BOUND = RecordKind.PERSON_IDENTIFIED, RecordKind.NUMBER_BOUND
PAGE, WITHDRAWN = RecordKind.PAGE_SHOWN, RecordKind.CONSENT_WITHDRAWN


def codes_of(*changes: tuple[RecordKind, dict[str, Any]], more: tuple[Step, ...] = ()) -> set[str]:
    """The codes for a signing whose number is old, with ``changes`` of facts and ``more`` steps."""
    base = [(IDENTIFIED, {"identified_at": DAY_AGO}), (BOUND, {"bound_at": LONG_AGO})]
    facts_by_kind: dict[RecordKind, dict[str, Any]] = {}
    for kind, facts in [*base, *changes]:
        facts_by_kind.setdefault(kind, {}).update(facts)
    steps = [
        (kind, {**facts, **facts_by_kind.get(kind, {})}, personal)
        for kind, facts, personal in signing_steps()
    ]
    return {warning.code for warning in find_warnings(build_chain([*steps, *more]))}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([], set()),
        ([(BOUND, {"bound_at": DAY_AGO})], {"number_is_new"}),
        ([(BOUND, {"bound_at": DAY_AGO, "is_replacement": True})], {"number_was_changed"}),
        ([(BOUND, {"is_replacement": True})], set()),
        ([(IDENTIFIED, {"identified_at": LONG_AGO}), (BOUND, {"bound_at": DAY_AGO})],
         {"number_is_new", "number_after_identification"}),
        ([(PAGE, {"is_address_of_staff": True})], {"address_of_staff"}),
        ([(PAGE, {"is_device_of_staff": True})], {"device_of_staff"}),
        ([(BOUND, {"bound_at": "yesterday"})], set()),
    ],
)  # fmt: skip
def test_the_number_and_the_device_are_remarked(
    changes: list[tuple[RecordKind, dict[str, Any]]], expected: set[str]
) -> None:
    assert codes_of(*changes) == expected


def test_a_consent_withdrawn_after_the_signature_is_remarked() -> None:
    assert codes_of(more=((WITHDRAWN, {}, {}),)) == {"consent_withdrawn"}
