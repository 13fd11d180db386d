"""Our side of the confined process: send it opened files, receive a result or an error."""

import atexit
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from archive.isolation import messages
from archive.isolation.errors import FunctionFailed, LimitExceeded
from archive.isolation.limits import Limits

_ROOT = Path(__file__).resolve().parents[2]
_GRACE_SECONDS = 5.0


class _Server:
    """The confined server of this process. A forked process starts a server of its own."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.control, server_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with server_end:
            self.process = subprocess.Popen(  # noqa: S603  (our own interpreter and module)
                [
                    sys.executable,
                    "-W",
                    "ignore",
                    "-m",
                    "archive.isolation.server",
                    str(server_end.fileno()),
                ],
                cwd=_ROOT,
                env=minimal_environment(),
                pass_fds=[server_end.fileno()],
                stdin=subprocess.DEVNULL,
            )

    def send_request(self, request: dict[str, Any], files: Sequence[int]) -> socket.socket:
        """Starts a call; its result arrives on the returned socket."""
        our_end, child_end = socket.socketpair()
        message = json.dumps(request).encode()
        with child_end:
            try:
                socket.send_fds(self.control, [message], [child_end.fileno(), *files])
            except OSError:
                our_end.close()
                raise
        return our_end

    def stop(self) -> None:
        self.control.close()
        if self.owner == os.getpid():
            self.process.wait()


_server: _Server | None = None
_lock = threading.Lock()


def minimal_environment() -> dict[str, str]:
    """The environment of a confined process: no secrets, no addresses, a fixed locale."""
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONUTF8": "1",
        "LC_ALL": "C.UTF-8",
    }
    for name in ("LD_LIBRARY_PATH", "FONTCONFIG_FILE", "FONTCONFIG_PATH", "VIRTUAL_ENV"):
        if name in os.environ:
            environment[name] = os.environ[name]
    return environment


def run_function(
    name: str, files: Sequence[int], *, limits: Limits, **arguments: Any
) -> tuple[dict[str, Any], bytes]:
    """Runs a function of `server.FUNCTIONS` on the opened ``files`` in a confined process.

    Returns its head and body. Raises LimitExceeded when it exceeded a limit or crashed, and
    FunctionFailed when it raised an error. A descriptor shares its position with ours, so the
    function rewinds the files itself.
    """
    request = {"name": name, "arguments": arguments, "limits": asdict(limits)}
    with _send_request(request, files) as result:
        result.settimeout(limits.seconds + _GRACE_SECONDS)
        try:
            head, body = messages.receive_message(result)
        except (OSError, EOFError, ValueError):
            raise LimitExceeded(f"{name}: no result") from None
    if "ok" in head:
        return head["ok"], body
    if "limit_exceeded" in head:
        raise LimitExceeded(f"{name}: out of {head['limit_exceeded']}")
    raise FunctionFailed(f"{name}: {head.get('failed')}")


@contextmanager
def open_descriptor(file: Any) -> Iterator[int]:
    """A read-only descriptor of ``file`` (opened, binary) with its own position.

    A file that has no descriptor (an upload in memory, an S3 object) is copied to an anonymous
    memory file.
    """
    try:
        number = file.fileno()
    except (AttributeError, OSError):
        number = None
    if number is not None:
        descriptor = os.open(f"/proc/self/fd/{number}", os.O_RDONLY | os.O_CLOEXEC)
    else:
        descriptor = _copy_to_memory(file)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _copy_to_memory(file: Any) -> int:
    file.seek(0)
    with open(os.memfd_create("upload"), "wb") as copy:
        shutil.copyfileobj(file, copy)
        copy.flush()
        return os.open(f"/proc/self/fd/{copy.fileno()}", os.O_RDONLY | os.O_CLOEXEC)


def _send_request(request: dict[str, Any], files: Sequence[int]) -> socket.socket:
    try:
        return _get_server().send_request(request, files)
    except OSError:  # the server was killed: try once more with a new one
        stop()
        return _get_server().send_request(request, files)


def _get_server() -> _Server:
    global _server
    with _lock:
        if _server is None or _server.owner != os.getpid():
            _server = _Server()
        return _server


@atexit.register
def stop() -> None:
    """Stops this process's server, if it is running; the next call starts a new one."""
    global _server
    with _lock:
        if _server is not None and _server.owner == os.getpid():
            _server.stop()
        _server = None
