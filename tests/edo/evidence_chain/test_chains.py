"""Whatever is done to a chain is found; erasing personal values leaves it valid."""

import json
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edo.evidence_chain.canonical import canonicalize
from edo.evidence_chain.chains import (
    ChainUnreadable,
    ExportedChain,
    PersonalValue,
    find_problems,
    parse_chain,
)
from edo.evidence_chain.kinds import RecordKind
from tests.support.evidence_chains import build_chain, erase_values, signing_steps

# A failure prints the blob that repeats it.
PROPERTY = settings(deadline=None, max_examples=60, print_blob=True)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.one_of(
    TEXTS, st.integers(-(2**53) + 1, 2**53 - 1), st.booleans(), st.none(), st.lists(TEXTS)
)

FACTS = st.dictionaries(st.sampled_from(["page", "code", "reason", "link"]), VALUES)
PERSONAL = st.dictionaries(st.sampled_from(["name", "phone", "address"]), TEXTS)
STEPS = st.lists(st.tuples(st.sampled_from(list(RecordKind)), FACTS, PERSONAL), min_size=2)


def is_valid(chain: ExportedChain) -> bool:
    return not find_problems(chain)


@PROPERTY
@given(steps=STEPS)
def test_a_chain_is_valid_as_a_file_and_without_personal_values(steps: Any) -> None:
    chain = build_chain(steps)
    assert is_valid(chain)
    assert parse_chain(chain.to_json()) == chain
    erased = erase_values(chain)
    assert is_valid(erased)
    assert erased.head == chain.head


@PROPERTY
@given(steps=STEPS, data=st.data())
def test_every_change_of_a_record_is_found(steps: Any, data: st.DataObject) -> None:
    chain = build_chain(steps)
    index = data.draw(st.integers(0, len(steps) - 1))
    record = chain.records[index]
    change = data.draw(
        st.sampled_from(
            [
                {"chain": "another"},
                {"number": record.number + 1},
                {"at": record.at.replace("2026", "2025")},
                {"kind": "another"},
                {"facts": {**record.facts, "added": 1}},
                {"previous_hash": "0" * 64},
                {"hash": "0" * 64},
                {"values": {"name": PersonalValue("Другой", "0" * 64)}},
            ]
        )
    )
    records = [*chain.records]
    records[index] = replace(record, **change)
    assert not is_valid(replace(chain, records=records))


@settings(PROPERTY, max_examples=300)
@given(steps=STEPS, data=st.data())
def test_every_changed_byte_of_the_file_is_found(steps: Any, data: st.DataObject) -> None:
    """Or it changes nothing that the file says, such as a space between two values."""
    chain = build_chain(steps)
    content = bytearray(chain.to_json())
    index = data.draw(st.integers(0, len(content) - 1))
    content[index] = data.draw(st.integers(0, 255))
    try:
        changed = parse_chain(bytes(content))
    except ChainUnreadable:
        return
    assert changed == chain or not is_valid(changed)


@PROPERTY
@given(steps=STEPS, data=st.data())
def test_erasing_any_of_the_values_leaves_the_chain_valid(steps: Any, data: st.DataObject) -> None:
    chain = build_chain(steps)
    records = []
    for record in chain.records:
        kept = data.draw(st.sets(st.sampled_from(sorted(record.values)))) if record.values else ()
        values = {name: value for name, value in record.values.items() if name in kept}
        records.append(replace(record, values=values))
    erased = replace(chain, records=records)
    assert is_valid(erased)
    assert erased.head == chain.head
    nameless = chain.without_value("name")
    assert is_valid(nameless)
    assert not any("name" in record.values for record in nameless.records)


@PROPERTY
@given(steps=STEPS, data=st.data())
def test_records_of_another_chain_are_found(steps: Any, data: st.DataObject) -> None:
    """Put in the place of one's own, with the hashes of the records after it as they were."""
    chain, other = build_chain(steps), build_chain(steps, chain_id="another")
    index = data.draw(st.integers(0, len(steps) - 1))
    records = [*chain.records]
    records[index] = other.records[index]
    assert not is_valid(replace(chain, records=records))


@PROPERTY
@given(steps=STEPS, data=st.data())
def test_every_deletion_insertion_and_swap_is_found(steps: Any, data: st.DataObject) -> None:
    chain = build_chain(steps)
    last = len(steps) - 1
    first = data.draw(st.integers(0, last - 1))
    second = data.draw(st.integers(first + 1, last))
    deleted, swapped = [*chain.records], [*chain.records]
    del deleted[first]
    swapped[first], swapped[second] = swapped[second], swapped[first]
    inserted = [*chain.records[:second], chain.records[first], *chain.records[second:]]
    for records in (deleted, swapped, inserted):
        assert not is_valid(replace(chain, records=records))


@PROPERTY
@given(steps=STEPS)
def test_a_cut_tail_changes_the_head(steps: Any) -> None:
    """The records that are left are valid, so the head must be known from elsewhere."""
    chain = build_chain(steps)
    cut = replace(chain, records=chain.records[:-1])
    assert is_valid(cut)
    assert cut.head != chain.head


@PROPERTY
@given(value=st.recursive(VALUES, lambda inner: st.dictionaries(TEXTS, inner)))
def test_the_canonical_form_is_json_and_keeps_the_value(value: Any) -> None:
    assert json.loads(canonicalize(value)) == value


def test_the_canonical_form_is_that_of_rfc_8785() -> None:
    """The example of section 3.2.3, without its fractions, and its order of keys."""
    value = {
        "string": '\u20ac$\u000f\nA\'B"\\\\"/',
        "literals": [None, True, False],
        "\ufb33": 1,
        "\U0001f600": 2,
    }
    expected = (
        '{"literals":[null,true,false],"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/",'
        '"\U0001f600":2,"\ufb33":1}'
    )
    assert canonicalize(value).decode() == expected


@pytest.mark.parametrize("value", [1.5, 2**53, {1: "a"}, b"bytes", "\ud800"])
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(ValueError):
        canonicalize(value)


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b'{"format":"e-contract-evidence-chain/1","chain":1,"records":[]}'],
)
def test_a_file_that_is_no_chain_is_refused(content: bytes) -> None:
    with pytest.raises(ChainUnreadable):
        parse_chain(content)


def test_a_usual_signing_is_valid() -> None:
    assert is_valid(build_chain(signing_steps()))


def test_a_nonce_has_one_spelling() -> None:
    chain = build_chain(signing_steps())
    first = chain.records[0]
    values = {
        name: PersonalValue(item.value, item.nonce.upper()) for name, item in first.values.items()
    }
    assert not is_valid(replace(chain, records=[replace(first, values=values), *chain.records[1:]]))


def test_the_room_needs_no_django() -> None:
    code = (
        "import sys; from edo.evidence_chain import chains, merkle, order;"
        "sys.exit('django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
