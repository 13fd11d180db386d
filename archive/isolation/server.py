"""The confined side: one warm process that forks a child for every piece of work.

Started by `client`; run as `python -m archive.isolation.server CONTROL_FD`. It imports the
parsers once, without Django, secrets or database; a fork then costs a millisecond or two. A
child works on one file within its limits and dies. The server ends when its owner closes the
control socket or dies.
"""

import importlib
import json
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any

from archive.isolation import messages
from archive.isolation.landlock import keep_only
from archive.isolation.limits import Limits, leave_network

# Work that may be asked for: name -> "module:function". The function gets the descriptors of
# the opened files and the keyword arguments, and answers (head, body).
WORK = {
    "inspect": "archive.intake.confined_inspection:inspect_in_child",
    "measure": "archive.conversion.fidelity:measure_in_child",
    "prepare": "archive.conversion.ooxml_preparation:prepare_in_child",
    "render": "archive.files.page_rendering:render_in_child",
    "stamp_place": "archive.stamp.free_space:look_in_child",
    "page_text": "archive.files.page_rendering:text_in_child",
}
MESSAGE_SIZE = 64 * 1024
MAX_FILES = 8

Function = Callable[..., tuple[dict[str, Any], bytes]]


def main(control_fd: int) -> None:
    """Serves until the control socket is closed."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.disable()  # parsers complain of what is in a file; that is nobody's business
    leave_network()
    functions = {name: _load(where) for name, where in WORK.items()}
    keep_only()
    control = socket.socket(fileno=control_fd)
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, MESSAGE_SIZE, MAX_FILES)
        if not message:
            return
        if os.fork() == 0:
            control.close()
            _work(functions, json.loads(message), descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def _load(where: str) -> Function:
    module, name = where.split(":")
    function: Function = getattr(importlib.import_module(module), name)
    return function


def _work(functions: dict[str, Function], request: dict[str, Any], descriptors: list[int]) -> None:
    """Runs in the child and never returns."""
    answer = socket.socket(fileno=descriptors[0])
    try:
        Limits(**request["limits"]).apply()
        head, body = functions[request["name"]](*descriptors[1:], **request["arguments"])
        messages.send(answer, {"ok": head}, body)
    except MemoryError:
        messages.send(answer, {"exhausted": "memory"})
    except BaseException as error:  # noqa: BLE001  (a child must not run on into the server's loop)
        messages.send(answer, {"failed": type(error).__name__})
    finally:
        os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
