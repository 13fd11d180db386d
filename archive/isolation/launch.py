"""Confines itself, then becomes another program.

Run as `python -m archive.isolation.launch LIMITS_JSON PROGRAM ARGUMENT...`: the limits, the
empty network and the death with the parent outlast the exec.
"""

import json
import os
import sys

from archive.isolation.limits import Limits, die_with_parent, leave_network


def main(arguments: list[str]) -> None:
    """Never returns; OSError when the program cannot be started."""
    die_with_parent()
    leave_network()
    Limits(**json.loads(arguments[0])).apply()
    os.execvp(arguments[1], arguments[1:])  # noqa: S606  (the whole purpose)


if __name__ == "__main__":
    main(sys.argv[1:])
