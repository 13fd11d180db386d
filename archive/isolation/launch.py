"""Confines its own process, then replaces it with another program (exec).

Run as `python -m archive.isolation.launch LIMITS_JSON HOME PROGRAM ARGUMENT...`. Everything set
here survives the exec: the limits, the empty network, the file restrictions (only HOME is
writable), and that the process dies with its parent.
"""

import json
import os
import sys

from archive.isolation.landlock import restrict_files
from archive.isolation.limits import Limits, die_with_parent, drop_network


def main(arguments: list[str]) -> None:
    """Never returns. Raises OSError when the program cannot be started."""
    die_with_parent()
    drop_network()
    limits, home, *command = arguments
    restrict_files(writable=[home])
    Limits(**json.loads(limits)).apply()
    os.execvp(command[0], command)  # noqa: S606  (the whole purpose)


if __name__ == "__main__":
    main(sys.argv[1:])
