"""A gate: a measured figure, its bar, and whether the figure meets the bar."""

from typing import Any

Gate = dict[str, Any]


def figure(gate: str, value: float, digits: int = 3) -> Gate:
    """A figure without a bar, for information."""
    return {"gate": gate, "value": round(value, digits), "bar": None, "ok": True}


def at_least(gate: str, value: float, bar: float, digits: int = 3) -> Gate:
    """A figure that must not be below its bar; `digits` are the decimals to print."""
    return {"gate": gate, "value": round(value, digits), "bar": bar, "ok": value >= bar}


def at_most(gate: str, value: float, bar: float, digits: int = 3) -> Gate:
    """A figure that must not be above its bar; `digits` are the decimals to print."""
    return {"gate": gate, "value": round(value, digits), "bar": bar, "ok": value <= bar}
