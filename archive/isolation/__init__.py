"""Work on strangers' files in processes that can do no harm.

`call` runs a short piece of work in a forked child of a warm, confined process (inspection,
page images); `run_program` starts a whole program (a converter) within limits. Neither has a
network, our environment, our database connection, or more than its share of time and memory.
"""

from archive.isolation.client import call, readable
from archive.isolation.errors import Exhausted, Failed, IsolatedError
from archive.isolation.limits import MEBIBYTE, Limits
from archive.isolation.programs import run_program

__all__ = [
    "MEBIBYTE",
    "Exhausted",
    "Failed",
    "IsolatedError",
    "Limits",
    "call",
    "readable",
    "run_program",
]
