"""Virus scan by clamd (its INSTREAM command), if the installation has one."""

import socket
import struct
from typing import BinaryIO

from django.conf import settings

from archive.intake import refusals
from archive.intake.refusals import IntakeRefused
from econtract.platform.common.errors import Unavailable

SYSTEM = "clamd"
TIMEOUT_SECONDS = 10.0
CHUNK_SIZE = 64 * 1024


def is_configured() -> bool:
    return bool(settings.CLAMD_ADDRESS)


def scan(file: BinaryIO) -> None:
    """Returns normally when clamd reports the file clean.

    Raises IntakeRefused(INFECTED) when it names a virus, and Unavailable when its answer is
    neither: only an explicit OK lets a file pass.
    """
    file.seek(0)
    try:
        with _connect(settings.CLAMD_ADDRESS) as clamd:
            answer = _send_file(clamd, file)
    except OSError as error:
        raise Unavailable(SYSTEM, type(error).__name__) from None
    if answer.endswith(" FOUND"):
        raise IntakeRefused(refusals.INFECTED)
    if not answer.endswith(": OK"):
        raise Unavailable(SYSTEM, answer[:200] or "no answer")


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


def _send_file(clamd: socket.socket, file: BinaryIO) -> str:
    """Sends the file in length-prefixed chunks, ended by an empty one; returns the answer."""
    clamd.sendall(b"zINSTREAM\0")
    while chunk := file.read(CHUNK_SIZE):
        clamd.sendall(struct.pack("!I", len(chunk)) + chunk)
    clamd.sendall(struct.pack("!I", 0))
    answer = b""
    while not answer.endswith(b"\0") and (part := clamd.recv(4096)):
        answer += part
    return answer.rstrip(b"\0\n").decode(errors="replace")
