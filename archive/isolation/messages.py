"""The one message format between us and a confined process: a JSON head, then raw bytes.

JSON and not pickle: the answer comes from a process that a hostile file may have taken over.
"""

import json
import socket
import struct
from typing import Any

_LENGTH = struct.Struct("!I")
LONGEST_HEAD = 1024 * 1024
LONGEST_BODY = 64 * 1024 * 1024


def send(sock: socket.socket, head: dict[str, Any], body: bytes = b"") -> None:
    """Writes one message; the reader sees its end by the end of the stream."""
    encoded = json.dumps(head).encode()
    sock.sendall(_LENGTH.pack(len(encoded)) + encoded + body)


def receive(sock: socket.socket) -> tuple[dict[str, Any], bytes]:
    """Reads one message up to the end of the stream.

    Raises EOFError when the other side went away before a whole head, ValueError on nonsense.
    """
    data = bytearray()
    while chunk := sock.recv(65536):
        data += chunk
        if len(data) > LONGEST_HEAD + LONGEST_BODY:
            raise ValueError("The answer is too long.")
    if len(data) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack_from(data)
    end = _LENGTH.size + length
    if length > LONGEST_HEAD or len(data) < end:
        raise EOFError
    head = json.loads(data[_LENGTH.size : end])
    if not isinstance(head, dict):
        raise ValueError("The head is not an object.")
    return head, bytes(data[end:])
