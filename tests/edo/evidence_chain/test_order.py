"""No signature without every step before it, in order."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edo.evidence_chain.chains import find_problems
from edo.evidence_chain.kinds import RecordKind
from edo.evidence_chain.order import find_order_problems
from tests.support.evidence_chains import DOCUMENT, Step, build_chain, signing_steps

# A failure prints the blob that repeats it.
PROPERTY = settings(deadline=None, max_examples=60, print_blob=True)


SIGNATURE_RECORDS = [
    RecordKind.PERSON_IDENTIFIED,
    RecordKind.NUMBER_BOUND,
    RecordKind.PAGE_SHOWN,
    RecordKind.AGREEMENT_SHOWN,
    RecordKind.AGREEMENT_ACCEPTED,
    RecordKind.CONSENT_SHOWN,
    RecordKind.CONSENT_ACCEPTED,
    RecordKind.CODE_CREATED,
    RecordKind.CODE_CHECKED,
    RecordKind.SIGNED,
]


def problems_of(steps: list[Step], document_sha256: str = DOCUMENT) -> list[str]:
    chain = build_chain(steps)
    assert not find_problems(chain)  # the hashes are right, only the order is not
    return find_order_problems(chain, document_sha256=document_sha256)


def without(kind: RecordKind) -> list[Step]:
    return [step for step in signing_steps() if step[0] != kind]


def changed(kind: RecordKind, **facts: object) -> list[Step]:
    return [
        (step[0], {**step[1], **facts}, step[2]) if step[0] == kind else step
        for step in signing_steps()
    ]


def test_a_usual_signing_is_in_order() -> None:
    assert problems_of(signing_steps()) == []


@pytest.mark.parametrize("kind", SIGNATURE_RECORDS)
def test_a_step_that_is_missing_is_found(kind: RecordKind) -> None:
    assert problems_of(without(kind))


@PROPERTY
@given(data=st.data())
def test_a_required_step_after_the_signature_does_not_count(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(SIGNATURE_RECORDS[:-1]))
    late = [step for step in signing_steps() if step[0] == kind]
    assert problems_of([*without(kind), *late])


@pytest.mark.parametrize(
    "steps",
    [
        changed(RecordKind.CODE_CREATED, document_sha256="0" * 64),
        changed(RecordKind.SIGNED, document_sha256="0" * 64),
        changed(RecordKind.CODE_CHECKED, is_right=False),
        changed(RecordKind.CODE_CHECKED, code="8"),
        changed(RecordKind.CODE_CREATED, expires_at="2026-11-27T10:00:00+00:00"),
        changed(RecordKind.AGREEMENT_SHOWN, text_sha256="0" * 64),
        changed(RecordKind.PERSON_IDENTIFIED, identified_at=None),
    ],
)
def test_a_step_about_something_else_does_not_count(steps: list[Step]) -> None:
    assert problems_of(steps)


def test_the_signature_of_another_document_is_found() -> None:
    assert problems_of(signing_steps(), document_sha256="0" * 64)


@pytest.mark.parametrize(
    "extra",
    [
        (RecordKind.REFUSED, {}, {}),
        (RecordKind.WRONG_NUMBER, {}, {}),
        (RecordKind.REVOKED, {}, {}),
        (RecordKind.LINK_ENDED, {"link": "3", "end": "replaced"}, {}),
    ],
)
def test_nothing_is_signed_after_the_end(extra: Step) -> None:
    steps = signing_steps()
    assert problems_of([*steps[:9], extra, *steps[9:]])


def test_a_fourth_check_of_a_code_is_found() -> None:
    steps = signing_steps()
    wrong = next(step for step in steps if step[0] == RecordKind.CODE_CHECKED)
    index = steps.index(wrong)
    assert problems_of([*steps[:index], wrong, wrong, *steps[index:]])


def test_texts_accepted_in_an_earlier_signing_need_not_be_shown_again() -> None:
    earlier = {"accepted_at": "2026-10-01T10:00:00+00:00", "earlier_signing": "another"}
    kinds = (RecordKind.AGREEMENT_ACCEPTED, RecordKind.CONSENT_ACCEPTED)
    shown = (RecordKind.AGREEMENT_SHOWN, RecordKind.CONSENT_SHOWN)
    steps = [
        (kind, {**facts, **earlier} if kind in kinds else facts, personal)
        for kind, facts, personal in signing_steps()
        if kind not in shown
    ]
    assert problems_of(steps) == []


def test_a_consent_withdrawn_before_the_signature_is_found_and_after_it_is_not() -> None:
    steps = signing_steps()
    consent = next(step for step in steps if step[0] == RecordKind.CONSENT_ACCEPTED)
    withdrawn: Step = (RecordKind.CONSENT_WITHDRAWN, {"text_sha256": consent[1]["text_sha256"]}, {})
    assert problems_of([*steps[:13], withdrawn, *steps[13:]])
    assert problems_of([*steps, withdrawn]) == []


def test_two_signatures_are_found() -> None:
    chain = build_chain([*signing_steps(), signing_steps()[-2]])
    assert find_order_problems(chain, document_sha256=DOCUMENT)
    assert find_order_problems(replace(chain, records=[]), document_sha256=DOCUMENT)
