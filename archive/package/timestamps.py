"""Time-stamps over a package: the folder ``evidence/stamps/`` that its download gets.

Each stamp has a folder: 001, 002 and so on. Its list names, with SHA-256, the manifest, the seal,
all files of earlier folders, and what proves the seal or the stamp before. The stamp is over the
list. So every stamp proves all earlier ones, and the stored package never changes. The module
needs no Django: the command-line verification uses it, too.
"""

import hashlib
import re
import shutil
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from econtract.platform.common.moscow_time import MOSCOW

FOLDER = "evidence/stamps"
LIST_NAME, TOKEN_NAME, CERTIFICATES_NAME = "list.sha256", "stamp.tst", "certificates.pem"
MAX_STAMPS = 100
_LINE = re.compile(r"(?P<sha256>[0-9a-f]{64})  (?P<name>[^\r\n]+)")
_PATH = re.compile(rf"{FOLDER}/(?P<number>\d{{3}})/(?P<name>[^/]+)")


@dataclass(frozen=True, kw_only=True)
class TimestampFolder:
    """The files of one stamp. ``proofs`` (name, content) are about the seal or the stamp before."""

    number: int
    listing: bytes
    token: bytes
    certificates: bytes
    stamped_at: datetime
    proofs: Sequence[tuple[str, bytes]] = ()

    def list_files(self) -> list[tuple[str, bytes]]:
        """All (name in the package, content)."""
        own = [(LIST_NAME, self.listing), (TOKEN_NAME, self.token)]
        if self.certificates:
            own.append((CERTIFICATES_NAME, self.certificates))
        return [(build_path(self.number, name), content) for name, content in [*self.proofs, *own]]


def build_path(number: int, name: str) -> str:
    """The name in the package of a file of the stamp ``number``."""
    return f"{FOLDER}/{number:03}/{name}"


def parse_path(path: str) -> tuple[int, str] | None:
    """The (number, name) of a file of a stamp; None for any other file of the package."""
    match = _PATH.fullmatch(path)
    return (int(match["number"]), match["name"]) if match else None


def build_listing(files: Iterable[tuple[str, bytes]]) -> bytes:
    """The list of ``files`` (name, content), as `sha256sum` reads it."""
    lines = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files]
    return "".join(lines).encode()


def parse_listing(content: bytes) -> dict[str, str]:
    """The SHA-256 by name. Raises ValueError for anything that `build_listing` does not write."""
    matches = [_LINE.fullmatch(line) for line in content.decode().split("\n")[:-1]]
    hashes = {match["name"]: match["sha256"] for match in matches if match}
    if not hashes or len(hashes) != len(matches) or not content.endswith(b"\n"):
        raise ValueError("not a list of checksums")
    return hashes


def write_extended_package(
    source: Path, target: Path, added: Iterable[tuple[datetime, Iterable[tuple[str, bytes]]]]
) -> None:
    """A copy of the package ``source`` with more after its files, which stay as they are.

    ``added`` are groups of files (name, content), each with the time that dates it.
    """
    shutil.copyfile(source, target)
    with zipfile.ZipFile(target, "a") as archive:
        for made_at, files in added:
            moment = made_at.astimezone(MOSCOW).timetuple()[:6]
            for name, content in files:
                info = zipfile.ZipInfo(name, moment)
                info.external_attr = 0o100644 << 16
                info.create_system = 3
                archive.writestr(info, content)
