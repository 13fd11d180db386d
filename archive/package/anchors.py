"""The anchor of the day over the records of a simple signature: the folder ``evidence/anchor/``.

A package is usually built before the anchor of its day is made, so its download gets the folder
later, like time-stamps. The module needs no Django: the command-line verification uses it, too.
"""

from dataclasses import dataclass
from datetime import datetime

FOLDER = "evidence/anchor"
CONTENT_NAME = f"{FOLDER}/anchor.json"
SEAL_NAME = f"{CONTENT_NAME}.sig"
PROOF_NAME = f"{FOLDER}/proof.json"
STAMP_NAME = f"{FOLDER}/stamp.tst"
CERTIFICATES_NAME = f"{FOLDER}/certificates.pem"
NAMES = frozenset({CONTENT_NAME, SEAL_NAME, PROOF_NAME, STAMP_NAME, CERTIFICATES_NAME})


@dataclass(frozen=True, kw_only=True)
class AnchorFolder:
    """The files of an anchor that was made at ``made_at`` (aware).

    ``content`` is what the ``seal`` (detached CMS) is over, ``proof`` leads from the records to
    it. ``stamp`` (RFC 3161) is over the seal, with the chain of its service (PEM): both empty when
    there is none.
    """

    content: bytes
    seal: bytes
    proof: bytes
    made_at: datetime
    stamp: bytes = b""
    certificates: bytes = b""

    def list_files(self) -> list[tuple[str, bytes]]:
        """All (name in the package, content)."""
        files = [
            (CONTENT_NAME, self.content),
            (SEAL_NAME, self.seal),
            (PROOF_NAME, self.proof),
            (STAMP_NAME, self.stamp),
            (CERTIFICATES_NAME, self.certificates),
        ]
        return [(name, content) for name, content in files if content]
