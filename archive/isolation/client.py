"""Our side of the confined process: hand it opened files, get an answer or an error."""

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
from archive.isolation.errors import Exhausted, Failed
from archive.isolation.limits import Limits

_ROOT = Path(__file__).resolve().parents[2]
_GRACE_SECONDS = 5.0


class _Server:
    """The warm process of this process; a fork of ours starts one of its own."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603  (our own interpreter and module)
                [
                    sys.executable,
                    "-W",
                    "ignore",
                    "-m",
                    "archive.isolation.server",
                    str(theirs.fileno()),
                ],
                cwd=_ROOT,
                env=plain_environment(),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )

    def ask(self, request: dict[str, Any], files: Sequence[int]) -> socket.socket:
        """Sends the work off; the answer comes on the returned socket."""
        mine, theirs = socket.socketpair()
        message = json.dumps(request).encode()
        with theirs:
            try:
                socket.send_fds(self.control, [message], [theirs.fileno(), *files])
            except OSError:
                mine.close()
                raise
        return mine

    def stop(self) -> None:
        self.control.close()
        if self.owner == os.getpid():
            self.process.wait()


_server: _Server | None = None
_lock = threading.Lock()


def plain_environment() -> dict[str, str]:
    """What a confined process may know of ours: no secrets, no addresses, one language."""
    known = {"PATH": os.environ.get("PATH", os.defpath), "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"}
    for name in ("LD_LIBRARY_PATH", "FONTCONFIG_FILE", "FONTCONFIG_PATH", "VIRTUAL_ENV"):
        if name in os.environ:
            known[name] = os.environ[name]
    return known


def call(
    name: str, files: Sequence[int], *, limits: Limits, **arguments: Any
) -> tuple[dict[str, Any], bytes]:
    """Runs the named work (see `server.WORK`) on the opened ``files`` in a confined process.

    Returns its head and body. Raises Exhausted when it ran into a limit or crashed, and Failed
    when its code raised. Descriptors share their position: they are rewound by the work itself.
    """
    request = {"name": name, "arguments": arguments, "limits": asdict(limits)}
    with _send(request, files) as answer:
        answer.settimeout(limits.seconds + _GRACE_SECONDS)
        try:
            head, body = messages.receive(answer)
        except (OSError, EOFError, ValueError):
            raise Exhausted(f"{name}: no answer") from None
    if "ok" in head:
        return head["ok"], body
    if "exhausted" in head:
        raise Exhausted(f"{name}: out of {head['exhausted']}")
    raise Failed(f"{name}: {head.get('failed')}")


@contextmanager
def readable(file: Any) -> Iterator[int]:
    """A read-only descriptor of ``file`` (opened, binary) with a position of its own.

    A file without a descriptor (an upload or a blob in memory) is copied to anonymous memory.
    """
    try:
        number = file.fileno()
    except (AttributeError, OSError):
        number = None
    if number is not None:
        descriptor = os.open(f"/proc/self/fd/{number}", os.O_RDONLY | os.O_CLOEXEC)
    else:
        descriptor = _in_memory(file)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _in_memory(file: Any) -> int:
    file.seek(0)
    with open(os.memfd_create("upload"), "wb") as copy:
        shutil.copyfileobj(file, copy)
        copy.flush()
        return os.open(f"/proc/self/fd/{copy.fileno()}", os.O_RDONLY | os.O_CLOEXEC)


def _send(request: dict[str, Any], files: Sequence[int]) -> socket.socket:
    try:
        return _running().ask(request, files)
    except OSError:  # the server was killed: one more try with a fresh one
        stop()
        return _running().ask(request, files)


def _running() -> _Server:
    global _server
    with _lock:
        if _server is None or _server.owner != os.getpid():
            _server = _Server()
        return _server


@atexit.register
def stop() -> None:
    """Ends this process's server, if there is one; the next call starts another."""
    global _server
    with _lock:
        if _server is not None and _server.owner == os.getpid():
            _server.stop()
        _server = None
