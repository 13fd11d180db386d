"""What this room tells the rooms above it, which it does not know."""

from dataclasses import dataclass

from django.dispatch import Signal


@dataclass(frozen=True)
class Handed:
    """What became of the open tasks of one who leaves: how many went, and why others stayed.

    ``stayed`` is the sentence why, by the task's number.
    """

    done: int
    stayed: dict[int, str]


# Sent within the transaction that blocks ``user``: his open work is to go to ``successor``, in the
# name of ``actor``. The receiver answers with `Handed`.
leaving = Signal()
