"""Rows of `components/kv.html`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LabeledValue:
    """A label and its value; ``num`` sets it in digits of equal width."""

    label: str
    value: str
    num: bool = False
    copyable: bool = False
