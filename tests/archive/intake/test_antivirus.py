"""The protocol of clamd, against a small clamd of our own."""

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

# Written in two parts: scanners on developers' machines know it, too.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + rb"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def verdict(data: bytes) -> bytes:
    return b"stream: Eicar-Signature FOUND\0" if EICAR in data else b"stream: OK\0"


@contextmanager
def clamd(settings, answer: Callable[[bytes], bytes]) -> Iterator[list[bytes]]:
    """Listens as clamd does; yields what it was sent."""
    seen: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.CLAMD_ADDRESS = f"127.0.0.1:{server.getsockname()[1]}"
        thread = threading.Thread(target=_serve, args=(server, answer, seen))
        thread.start()
        yield seen
        thread.join(10)


def _serve(server: socket.socket, answer: Callable[[bytes], bytes], seen: list[bytes]) -> None:
    connection, _ = server.accept()
    with connection, connection.makefile("rb") as stream:
        assert stream.read(10) == b"zINSTREAM\0"
        data = b""
        while size := struct.unpack("!I", stream.read(4))[0]:
            data += stream.read(size)
        seen.append(data)
        connection.sendall(answer(data))


def test_a_clean_file_passes_and_is_sent_whole(settings) -> None:
    data = b"contract" * 100_000
    with clamd(settings, verdict) as seen:
        antivirus.scan(io.BytesIO(data))
    assert seen == [data]


def test_the_test_virus_is_refused(settings) -> None:
    with clamd(settings, verdict), pytest.raises(IntakeRefused) as refused:
        antivirus.scan(io.BytesIO(b"%PDF-" + EICAR))
    assert refused.value.refusal == refusals.INFECTED


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"noise\0"])
def test_no_clear_word_is_no_pass(settings, answer: bytes) -> None:
    with clamd(settings, lambda _: answer), pytest.raises(Unavailable):
        antivirus.scan(io.BytesIO(b"contract"))


@pytest.mark.parametrize("address", ["/nowhere/clamd.ctl", "127.0.0.1:1"])
def test_a_scanner_that_is_away_is_unavailable(settings, address: str) -> None:
    settings.CLAMD_ADDRESS = address
    with pytest.raises(Unavailable):
        antivirus.scan(io.BytesIO(b"contract"))
