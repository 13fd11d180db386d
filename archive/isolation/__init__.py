"""Running code on users' files in processes that can do no harm.

`run_function` runs one function in a forked child of a warm, confined process (inspection, page
images); `run_program` starts a whole program (a converter) within limits. Neither has network
access, our environment or our database connection, and both are limited in time and memory.
"""

from archive.isolation.client import open_descriptor, run_function
from archive.isolation.errors import FunctionFailed, IsolationError, LimitExceeded
from archive.isolation.limits import MEBIBYTE, Limits
from archive.isolation.programs import run_program

__all__ = [
    "MEBIBYTE",
    "FunctionFailed",
    "IsolationError",
    "LimitExceeded",
    "Limits",
    "open_descriptor",
    "run_function",
    "run_program",
]
