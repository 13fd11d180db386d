"""The message format between us and a confined process: a JSON head, then raw bytes.

It is JSON and not pickle because the sender may be under the control of a hostile file.
"""

import json
import socket
import struct
from typing import Any

_LENGTH = struct.Struct("!I")
MAX_HEAD_SIZE = 1024 * 1024
MAX_BODY_SIZE = 64 * 1024 * 1024


def send_message(sock: socket.socket, head: dict[str, Any], body: bytes = b"") -> None:
    """Writes one message. It ends where the stream ends."""
    encoded = json.dumps(head).encode()
    sock.sendall(_LENGTH.pack(len(encoded)) + encoded + body)


def receive_message(sock: socket.socket) -> tuple[dict[str, Any], bytes]:
    """Reads one message up to the end of the stream.

    Raises EOFError when the head is incomplete, ValueError when the message is malformed.
    """
    data = bytearray()
    while chunk := sock.recv(65536):
        data += chunk
        if len(data) > MAX_HEAD_SIZE + MAX_BODY_SIZE:
            raise ValueError("The message is too long.")
    if len(data) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack_from(data)
    end = _LENGTH.size + length
    if length > MAX_HEAD_SIZE or len(data) < end:
        raise EOFError
    head = json.loads(data[_LENGTH.size : end])
    if not isinstance(head, dict):
        raise ValueError("The head is not an object.")
    return head, bytes(data[end:])
