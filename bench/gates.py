"""What a gate says: a figure, its bar, and whether it held."""

from typing import Any

Gate = dict[str, Any]


def told(gate: str, value: float) -> Gate:
    """A figure without a bar."""
    return {"gate": gate, "value": round(value, 3), "bar": None, "ok": True}


def at_least(gate: str, value: float, bar: float) -> Gate:
    return {"gate": gate, "value": round(value, 3), "bar": bar, "ok": value >= bar}


def at_most(gate: str, value: float, bar: float) -> Gate:
    return {"gate": gate, "value": round(value, 3), "bar": bar, "ok": value <= bar}
