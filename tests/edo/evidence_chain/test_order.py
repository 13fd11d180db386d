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


# What may come at any time and proves nothing.
NOISE: st.SearchStrategy[list[tuple[int, Step]]] = st.lists(
    st.tuples(
        st.integers(0, 18),
        st.sampled_from(
            [
                (RecordKind.LINK_DELIVERED, {"message": "m1"}, {}),
                (RecordKind.LINK_FAILED, {"message": "m1", "reason": "absent"}, {}),
                (RecordKind.CODE_DELIVERED, {"message": "m2"}, {}),
                (RecordKind.CODE_FAILED, {"message": "m2", "reason": "absent"}, {}),
                (RecordKind.DOCUMENT_DOWNLOADED, {}, {}),
                (RecordKind.END_REACHED, {}, {}),
                (RecordKind.LINK_ENDED, {"link": "2", "end": "replaced"}, {}),
            ]
        ),
    ),
    max_size=12,
)


def add_noise(steps: list[Step], noise: list[tuple[int, Step]]) -> list[Step]:
    noisy = [*steps]
    for position, step in noise:
        noisy.insert(position, step)
    return noisy


@PROPERTY
@given(noise=NOISE)
def test_what_proves_nothing_may_come_at_any_time(noise: list[tuple[int, Step]]) -> None:
    assert problems_of(add_noise(signing_steps(), noise)) == []


@settings(PROPERTY, max_examples=150)
@given(kind=st.sampled_from(SIGNATURE_RECORDS), noise=NOISE)
def test_every_chain_with_one_step_missing_is_refused(
    kind: RecordKind, noise: list[tuple[int, Step]]
) -> None:
    assert problems_of(add_noise(without(kind), noise))


@pytest.mark.parametrize("index", range(18))
def test_one_record_less_is_refused_exactly_when_it_is_required(index: int) -> None:
    steps = signing_steps()
    kind, facts, _ = steps[index]
    is_required = kind in SIGNATURE_RECORDS and facts.get("is_right") is not False
    assert bool(problems_of([*steps[:index], *steps[index + 1 :]])) == is_required


@PROPERTY
@given(data=st.data())
def test_two_steps_in_another_order_are_refused(data: st.DataObject) -> None:
    """Of those whose order matters: who, whose number, what was read and accepted, code, check."""
    stages = [
        {RecordKind.PERSON_IDENTIFIED},
        {RecordKind.NUMBER_BOUND},
        {RecordKind.PAGE_SHOWN, RecordKind.AGREEMENT_ACCEPTED, RecordKind.CONSENT_ACCEPTED},
        {RecordKind.CODE_CREATED},
        {RecordKind.CODE_CHECKED},
        {RecordKind.SIGNED},
    ]
    first = data.draw(st.integers(0, len(stages) - 2))
    second = data.draw(st.integers(first + 1, len(stages) - 1))
    early = data.draw(st.sampled_from(sorted(stages[first])))
    late = data.draw(st.sampled_from(sorted(stages[second])))
    moved = [step for step in signing_steps() if step[0] == early]
    rest = without(early)
    last = max(index for index, step in enumerate(rest) if step[0] == late)
    assert problems_of([*rest[: last + 1], *moved, *rest[last + 1 :]])


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
