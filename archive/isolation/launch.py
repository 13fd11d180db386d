"""Confines itself, then becomes another program.

Run as `python -m archive.isolation.launch LIMITS_JSON HOME PROGRAM ARGUMENT...`. The limits, the
empty network, the files given up (all but HOME and what every program needs) and the death with
the parent outlast the exec.
"""

import json
import os
import sys

from archive.isolation.landlock import keep_only
from archive.isolation.limits import Limits, die_with_parent, leave_network


def main(arguments: list[str]) -> None:
    """Never returns; OSError when the program cannot be started."""
    die_with_parent()
    leave_network()
    limits, home, *command = arguments
    keep_only(writable=[home])
    Limits(**json.loads(limits)).apply()
    os.execvp(command[0], command)  # noqa: S606  (the whole purpose)


if __name__ == "__main__":
    main(sys.argv[1:])
