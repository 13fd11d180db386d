"""Message digests by name, in one pass over a file of any size."""

import hashlib
from collections.abc import Iterable
from typing import Protocol

from econtract.platform.crypto import gost
from econtract.platform.crypto.libgcrypt import EngineError
from edo.crypto.errors import UnsupportedAlgorithm

SHA_2 = {
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
# The digest algorithms of signatures that we accept, by their OID.
NAMES_BY_OID = {
    **SHA_2,
    "1.2.643.7.1.1.2.2": gost.STREEBOG_256,
    "1.2.643.7.1.1.2.3": gost.STREEBOG_512,
}
OIDS_BY_NAME = {name: oid for oid, name in NAMES_BY_OID.items()}
# Known, and not accepted: somebody can make two documents with the same digest. ГОСТ Р 34.11-94
# may not be used for signing since 2019.
WEAK_OIDS = {
    "1.2.840.113549.2.2",  # MD2
    "1.2.840.113549.2.5",  # MD5
    "1.3.14.3.2.26",  # SHA-1
    "1.2.643.2.2.9",  # ГОСТ Р 34.11-94
}
# What a detached signature of a document may need.
DOCUMENT_DIGESTS = ("sha256", gost.STREEBOG_256, gost.STREEBOG_512)
CHUNK_SIZE = 1024 * 1024


class RunningDigest(Protocol):
    """A digest that is being computed."""

    def update(self, data: bytes, /) -> None: ...

    def digest(self) -> bytes: ...


class ByteSource(Protocol):
    """A file that is open for reading."""

    def read(self, size: int, /) -> bytes: ...


def start_digest(name: str) -> RunningDigest:
    """Raises UnsupportedAlgorithm for an unknown name, and for ГОСТ without libgcrypt."""
    if name in SHA_2.values():
        return hashlib.new(name)
    try:
        return gost.new_hash(name)
    except (KeyError, EngineError) as error:
        raise UnsupportedAlgorithm(f"the digest {name}: {error}") from error


def digest(name: str, content: bytes) -> bytes:
    """The digest of ``content``; raises as `start_digest`."""
    running = start_digest(name)
    running.update(content)
    return running.digest()


def digest_file(file: ByteSource, names: Iterable[str] = DOCUMENT_DIGESTS) -> dict[str, bytes]:
    """The digests of the rest of ``file`` by name, without those that we cannot compute."""
    return digest_chunks(iter(lambda: file.read(CHUNK_SIZE), b""), names)


def digest_chunks(
    chunks: Iterable[bytes], names: Iterable[str] = DOCUMENT_DIGESTS
) -> dict[str, bytes]:
    """As `digest_file`, for content that comes in pieces."""
    running = start_digests(names)
    for chunk in chunks:
        for item in running.values():
            item.update(chunk)
    return {name: item.digest() for name, item in running.items()}


def start_digests(names: Iterable[str] = DOCUMENT_DIGESTS) -> dict[str, RunningDigest]:
    """Those of the digests that can be computed here."""
    running: dict[str, RunningDigest] = {}
    for name in names:
        try:
            running[name] = start_digest(name)
        except UnsupportedAlgorithm:
            continue
    return running
