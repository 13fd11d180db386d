"""The protocol of clamd, tested against a small fake clamd."""

import io
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from archive.intake import antivirus, refusals
from archive.intake.refusals import IntakeRefused
from econtract.platform.common.errors import Unavailable

# In two parts, so that no virus scanner on a developer's machine reports this file.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + rb"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def scan_for_eicar(data: bytes) -> bytes:
    return b"stream: Eicar-Signature FOUND\0" if EICAR in data else b"stream: OK\0"


@contextmanager
def clamd(settings, answer: Callable[[bytes], bytes]) -> Iterator[list[bytes]]:
    """A fake clamd; yields the files that it receives."""
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.CLAMD_ADDRESS = f"127.0.0.1:{server.getsockname()[1]}"
        thread = threading.Thread(target=_serve, args=(server, answer, received))
        thread.start()
        yield received
        thread.join(10)


def _serve(server: socket.socket, answer: Callable[[bytes], bytes], received: list[bytes]) -> None:
    connection, _ = server.accept()
    with connection, connection.makefile("rb") as stream:
        assert stream.read(10) == b"zINSTREAM\0"
        data = b""
        while size := struct.unpack("!I", stream.read(4))[0]:
            data += stream.read(size)
        received.append(data)
        connection.sendall(answer(data))


def test_a_clean_file_passes_and_is_sent_completely(settings) -> None:
    data = b"contract" * 100_000
    with clamd(settings, scan_for_eicar) as received:
        antivirus.scan(io.BytesIO(data))
    assert received == [data]


def test_the_test_virus_is_refused(settings) -> None:
    with clamd(settings, scan_for_eicar), pytest.raises(IntakeRefused) as refused:
        antivirus.scan(io.BytesIO(b"%PDF-" + EICAR))
    assert refused.value.refusal == refusals.INFECTED


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"noise\0"])
def test_an_unclear_answer_is_not_a_pass(settings, answer: bytes) -> None:
    with clamd(settings, lambda _: answer), pytest.raises(Unavailable):
        antivirus.scan(io.BytesIO(b"contract"))


@pytest.mark.parametrize("address", ["/nowhere/clamd.ctl", "127.0.0.1:1"])
def test_a_scanner_that_cannot_be_reached_is_unavailable(settings, address: str) -> None:
    settings.CLAMD_ADDRESS = address
    with pytest.raises(Unavailable):
        antivirus.scan(io.BytesIO(b"contract"))
