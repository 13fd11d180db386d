"""The root covers every head, and a proof leads to it from exactly one."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from edo.evidence_chain.merkle import ChainHead, apply_proof, build_proof, build_root

# A failure prints the blob that repeats it.
PROPERTY = settings(deadline=None, max_examples=60, print_blob=True)


def build_heads(count: int) -> list[ChainHead]:
    return [ChainHead(f"chain-{index}", index + 1, f"{index:064x}") for index in range(count)]


@PROPERTY
@given(count=st.integers(1, 40), data=st.data())
def test_every_proof_leads_to_the_root_and_only_for_its_head(
    count: int, data: st.DataObject
) -> None:

    heads = build_heads(count)
    root = build_root(heads)
    index = data.draw(st.integers(0, count - 1))
    steps = build_proof(heads, index)
    assert apply_proof(heads[index], steps) == root
    assert apply_proof(replace(heads[index], hash="f" * 64), steps) != root
    if steps:
        assert apply_proof(heads[index], steps[:-1]) != root


@PROPERTY
@given(count=st.integers(2, 20), data=st.data())
def test_the_root_depends_on_every_head_and_their_order(count: int, data: st.DataObject) -> None:
    heads = build_heads(count)
    index = data.draw(st.integers(0, count - 1))
    assert build_root(heads[:index] + heads[index + 1 :]) != build_root(heads)
    assert build_root(list(reversed(heads))) != build_root(heads)
