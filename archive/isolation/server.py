"""The confined side: one warm process that forks a child for every function call.

Started by `client`, as `python -m archive.isolation.server CONTROL_FD`. It imports the parsers
once, without Django, secrets or a database connection, so that a fork costs only a millisecond or
two. A child works on one file within its limits and exits. The server exits when the process that
started it closes the control socket or dies.
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
from archive.isolation.landlock import restrict_files
from archive.isolation.limits import Limits, drop_network

# The functions that may be called: name -> "module:function". A function gets the descriptors of
# the opened files and the keyword arguments, and returns (head, body).
FUNCTIONS = {
    "fill_template": "archive.document_templates.rendering:fill_in_child",
    "find_copy_difference": "archive.stamp.copy_comparison:find_difference_in_child",
    "find_stamp_space": "archive.stamp.free_space:find_free_space_in_child",
    "inspect": "archive.intake.confined_inspection:inspect_in_child",
    "inspect_template": "archive.document_templates.rendering:inspect_in_child",
    "join": "archive.joining.confined_join:join_in_child",
    "measure": "archive.conversion.fidelity:measure_in_child",
    "page_text": "archive.files.page_rendering:extract_text_in_child",
    "pdf_attachment": "archive.pdf_content.attachments:read_in_child",
    "prepare": "archive.conversion.preparation.prepare:prepare_in_child",
    "read_table": "archive.tables.confined:read_in_child",
    "render": "archive.files.page_rendering:render_in_child",
}
MESSAGE_SIZE = 64 * 1024
MAX_FILES = 24

Function = Callable[..., tuple[dict[str, Any], bytes]]


def main(control_fd: int) -> None:
    """Serves calls until the control socket is closed."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.disable()  # the parsers' warnings may quote a user's document
    drop_network()
    functions = {name: load_function(path) for name, path in FUNCTIONS.items()}
    restrict_files()
    control = socket.socket(fileno=control_fd)
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, MESSAGE_SIZE, MAX_FILES)
        if not message:
            return
        if os.fork() == 0:
            control.close()
            _run_in_child(functions, json.loads(message), descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def load_function(path: str) -> Function:
    """The function that ``path`` («module:function») names."""
    module, name = path.split(":")
    function: Function = getattr(importlib.import_module(module), name)
    return function


def _run_in_child(
    functions: dict[str, Function], request: dict[str, Any], descriptors: list[int]
) -> None:
    """Runs one call, sends its result and exits; never returns."""
    result = socket.socket(fileno=descriptors[0])
    try:
        Limits(**request["limits"]).apply()
        head, body = functions[request["name"]](*descriptors[1:], **request["arguments"])
        messages.send_message(result, {"ok": head}, body)
    except MemoryError:
        messages.send_message(result, {"limit_exceeded": "memory"})
    except BaseException as error:  # noqa: BLE001  (a child must not fall into the server's loop)
        messages.send_message(result, {"failed": type(error).__name__})
    finally:
        os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
