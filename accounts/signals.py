"""Signals to the apps above, which `accounts` does not import."""

from dataclasses import dataclass

from django.dispatch import Signal


@dataclass(frozen=True)
class HandoverResult:
    """What became of the open tasks of a blocked user.

    ``done`` counts the tasks handed over; ``stayed`` says why the others were not, by number.
    """

    done: int
    stayed: dict[int, str]


# Sent in the transaction that blocks ``user``, with ``successor`` and ``actor``. The receiver hands
# the open tasks over to the successor and returns a `HandoverResult`.
user_blocked = Signal()
