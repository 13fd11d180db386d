"""Virus scan through clamd (its INSTREAM command), where an installation has one."""

import socket
import struct
from typing import BinaryIO

from django.conf import settings

from archive.intake import refusals
from archive.intake.refusals import IntakeRefused
from econtract.platform.common.errors import Unavailable

SYSTEM = "clamd"
TIMEOUT_SECONDS = 10.0
CHUNK = 64 * 1024


def is_configured() -> bool:
    return bool(settings.CLAMD_ADDRESS)


def scan(file: BinaryIO) -> None:
    """Returns when clamd calls the file clean.

    Raises IntakeRefused(INFECTED) when it names a virus, and Unavailable when its answer is
    neither: only an explicit OK lets a file pass.
    """
    file.seek(0)
    try:
        with _connect(settings.CLAMD_ADDRESS) as clamd:
            verdict = _ask(clamd, file)
    except OSError as error:
        raise Unavailable(SYSTEM, type(error).__name__) from None
    if verdict.endswith(" FOUND"):
        raise IntakeRefused(refusals.INFECTED)
    if not verdict.endswith(": OK"):
        raise Unavailable(SYSTEM, verdict[:200] or "no answer")


def _connect(address: str) -> socket.socket:
    if address.startswith("/"):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(TIMEOUT_SECONDS)
        try:
            connection.connect(address)
        except OSError:
            connection.close()
            raise
        return connection
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), TIMEOUT_SECONDS)


def _ask(clamd: socket.socket, file: BinaryIO) -> str:
    """Chunks are led by their length, an empty one ends them; the answer ends in a NUL."""
    clamd.sendall(b"zINSTREAM\0")
    while chunk := file.read(CHUNK):
        clamd.sendall(struct.pack("!I", len(chunk)) + chunk)
    clamd.sendall(struct.pack("!I", 0))
    answer = b""
    while not answer.endswith(b"\0") and (part := clamd.recv(4096)):
        answer += part
    return answer.rstrip(b"\0\n").decode(errors="replace")
